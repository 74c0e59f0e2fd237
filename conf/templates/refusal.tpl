Subject: Permohonan Bapak/Ibu

Yth. Bapak/Ibu,

{{?declined}}
Terima kasih atas permohonan Bapak/Ibu. Dengan berat hati kami sampaikan bahwa permohonan nomor {{number}} belum dapat kami penuhi, dengan alasan berikut.
{{/declined}}
{{?cancelled}}
Permohonan Bapak/Ibu dengan nomor {{number}} kami tutup, dengan keterangan berikut.
{{/cancelled}}
{{?unanswered}}
Karena kami belum menerima jawaban Bapak/Ibu, permohonan nomor {{number}} kami tutup dahulu. Tidak ada yang hilang: bila Bapak/Ibu masih memerlukannya, cukup balas surat ini dengan jawaban yang kami minta, dan kami akan membukanya kembali.

Mungkin surat kami sebelumnya terselip; mohon maklum bila demikian.
{{/unanswered}}

{{?reason}}
{{reason}}

{{/reason}}
{{!unanswered}}
Bila keadaannya sudah berubah, atau ada yang ingin ditanyakan, cukup balas surat ini. Kami siap membantu.
{{/unanswered}}

Hormat kami,
{{mailbox_name}}
{{agency}}
