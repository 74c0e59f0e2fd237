Subject: Jawaban Bapak/Ibu sudah kami terima

Yth. Bapak/Ibu,

Terima kasih, jawaban Bapak/Ibu sudah kami terima dan sedang kami periksa.

{{?secret}}
Surat Bapak/Ibu memuat passphrase, kata sandi, atau kode OTP. Bagian itu sudah kami hapus; mohon segera menggantinya.

{{/secret}}
Hormat kami,
{{mailbox_name}}
{{agency}}
