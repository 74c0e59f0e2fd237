Subject: Hasil pemeriksaan berkas Bapak/Ibu

Yth. Bapak/Ibu,

Terima kasih, berkas Bapak/Ibu sudah kami periksa.

{{?findings}}
- {{findings}}

Apakah sertifikatnya pernah dicabut tidak dapat kami ketahui dari berkasnya saja. Bila ada yang kurang jelas, cukup balas surat ini.
{{/findings}}

{{?secret}}
Surat Bapak/Ibu memuat passphrase, kata sandi, atau kode OTP. Bagian itu sudah kami hapus; mohon segera menggantinya.

{{/secret}}
Hormat kami,
{{mailbox_name}}
{{agency}}
