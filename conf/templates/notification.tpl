Subject: Sertifikat elektronik sudah terbit

Yth. Bapak/Ibu,

Dengan senang hati kami kabarkan bahwa sertifikat elektronik berikut sudah terbit dan dapat digunakan.

{{renewed}}

{{?still_open}}
Yang masih kami proses:

{{still_open}}

{{/still_open}}
{{?text}}
# Pesan dari petugas

{{text}}

{{/text}}
Mohon menjaga kerahasiaan passphrase, dan jangan pernah memberikannya kepada siapa pun, termasuk kepada petugas kami. Bila ada kendala, cukup balas surat ini.

{{?ask_mark}}
# Penilaian Bapak/Ibu

Bagaimana pelayanan kami? Kami akan senang bila Bapak/Ibu berkenan membalas surat ini dengan satu angka saja: 4 sangat baik, 3 baik, 2 kurang baik, 1 tidak baik. Boleh ditambah satu kalimat. Penilaian ini sukarela.

{{/ask_mark}}
Terima kasih atas kerja sama Bapak/Ibu.

Hormat kami,
{{mailbox_name}}
{{agency}}
