Subject: {{headline}}

Yth. Bapak/Ibu,

{{?stopped}}
Baik, kami tidak akan mengirimkan pengingat masa berlaku sertifikat elektronik lagi ke alamat ini.

Bila suatu saat sertifikatnya perlu diperbaharui, cukup tulis kepada kami; dengan senang hati kami bantu.
{{/stopped}}
{{!stopped}}
{{?holders}}
Dengan hormat, kami sampaikan sertifikat elektronik (TTE) pegawai {{for_agency}} yang masa berlakunya perlu diperhatikan:

{{holders}}

{{/holders}}
{{!holders}}
{{?ended}}
Dengan hormat, kami sampaikan bahwa masa berlaku sertifikat elektronik (TTE) Bapak/Ibu sudah berakhir, sehingga tidak dapat lagi dipakai untuk menandatangani.
{{/ended}}
{{!ended}}
Dengan hormat, kami mengingatkan bahwa sertifikat elektronik (TTE) Bapak/Ibu akan berakhir {{when}}. Sesudah itu sertifikat tersebut tidak dapat dipakai untuk menandatangani.
{{/ended}}

Nama : {{holder}}
{{?holder_agency}}
Instansi : {{holder_agency}}
{{/holder_agency}}
Berlaku sampai : {{until}}

{{/holders}}
# Yang perlu dilakukan

Cukup balas surat ini dengan satu kata: ya

{{?holders}}
Permohonan pembaharuan untuk semua nama di atas langsung kami buatkan dengan data yang sudah ada pada kami. Tidak ada formulir yang perlu diisi. Bila hanya sebagian yang perlu diperbaharui, tuliskan nama-namanya; petugas kami akan membantu.
{{/holders}}
{{!holders}}
Permohonan pembaharuan langsung kami buatkan dengan data yang sudah ada pada kami. Tidak ada formulir yang perlu diisi. Bila ada data yang berubah, misalnya jabatan atau nomor HP, silakan tuliskan sekalian di bawahnya.

Bila Bapak/Ibu tidak ingin diingatkan lagi, balas dengan: berhenti
{{/holders}}

Petugas kami tidak pernah meminta passphrase, kata sandi, atau kode OTP. Mohon tidak menuliskannya dalam surat.
{{/stopped}}

Terima kasih atas perhatian Bapak/Ibu.

Hormat kami,
{{mailbox_name}}
{{agency}}
