Subject: Kami masih menunggu jawaban Bapak/Ibu

Yth. Bapak/Ibu,

{{!second}}
Beberapa hari yang lalu kami menulis tentang permohonan Bapak/Ibu nomor {{number}}, dan kami belum menerima jawabannya. Barangkali suratnya terlewat di antara kesibukan.
{{/second}}
{{?second}}
Sekali lagi kami mengingatkan tentang permohonan Bapak/Ibu nomor {{number}}: kami belum menerima jawaban, sehingga belum dapat melanjutkannya.
{{/second}}

Mohon membaca surat kami yang terakhir dalam percakapan ini, lalu cukup membalas surat ini. Bila ada yang kurang jelas atau ada kendala, sampaikan saja; dengan senang hati kami bantu.

{{?cancel_days}}
Bila tidak ada jawaban dalam {{cancel_days}} hari kerja sejak surat itu, permohonan ini kami tutup dahulu. Bapak/Ibu tetap dapat mengajukannya kembali kapan saja.

{{/cancel_days}}
Bila jawabannya sudah dikirim, mohon abaikan surat ini.

Terima kasih atas perhatian Bapak/Ibu.

Hormat kami,
{{mailbox_name}}
{{agency}}
