Subject: Bukti pelaksanaan

Yth. {{recipient_name}},

{{?carried_out}}
Surat Bapak/Ibu sudah kami jalankan.
{{?printable}}
Tanda terima untuk pembawa surat terlampir: setengah halaman, siap dicetak, dengan nomor tiket sebagai kode QR.
{{/printable}}
{{/carried_out}}
{{?refused_all}}
TIDAK ADA yang dijalankan dari surat Bapak/Ibu, karena ada yang perlu diperbaiki:
{{/refused_all}}
{{?repeated}}
Surat dengan isi yang sama sudah pernah dijalankan. Tidak ada yang dijalankan untuk kedua kalinya.
{{/repeated}}
{{?confirmation_used}}
Konfirmasi ini sudah pernah dipakai. Tidak ada yang dijalankan untuk kedua kalinya.
{{/confirmation_used}}
{{?confirmation_expired}}
Konfirmasi ini sudah melewati batas waktunya, sehingga tidak ada yang dijalankan. Kirimlah perintahnya sekali lagi.
{{/confirmation_expired}}
{{?confirmation_denied}}
Baik, perintah itu TIDAK dijalankan. Bila memang bukan Bapak/Ibu yang mengirimnya, mohon beri tahu operator.
{{/confirmation_denied}}
{{?confirmation_not_yours}}
Konfirmasi itu ditujukan kepada petugas lain, sehingga tidak ada yang dijalankan.
{{/confirmation_not_yours}}

{{?refused}}
- {{refused}}

{{/refused}}
{{?done}}
# Yang dijalankan

- {{done}}

{{/done}}
{{?notes}}
# Catatan

- {{notes}}

{{/notes}}
{{?shown}}
# Hasil

{{shown}}

{{/shown}}
{{?evidence}}
# Hasil pemeriksaan berkas

{{evidence}}

{{/evidence}}
{{?sent_text}}
# Teks yang dikirim kepada pemohon

| {{sent_text}}

{{/sent_text}}
{{?number}}
Nomor tiket : {{number}}
Jenis : {{kind}}
Keadaan : {{state}}
{{?assigned}}
Petugas : {{assigned}}
{{/assigned}}
{{/number}}
{{?proof_level}}
Keaslian surat : {{proof_level}}
{{/proof_level}}
{{?refused_all}}

Perbaiki, lalu kirim lagi seluruhnya. Daftar perintah: /bantuan
{{/refused_all}}
