Subject: Permohonan baru: {{kind}}

Yth. {{recipient_name}},

{{?taken_up}}
Permohonan ini dahulu datang terlalu awal. Hari ini sudah waktunya, sehingga dapat diproses.
{{/taken_up}}
{{!taken_up}}
Ada permohonan baru yang perlu diperiksa.
{{/taken_up}}

Nomor : {{number}}
Jenis : {{kind}}
Masuk : {{opened_at}}
{{?sender}}
Pengirim : {{sender}}
Keaslian : {{sender_proof}}
Subjek : {{subject}}
{{/sender}}
{{!sender}}
Pengirim : {{requester}}
{{/sender}}
{{?deadline}}
Batas periksa : {{deadline}}
{{/deadline}}
{{?held_until}}
Ditahan sampai : {{held_until}}
{{/held_until}}

{{?ack_withheld}}
Pengirim TIDAK diberi tanda terima: {{ack_withheld}}. Bila suratnya benar, sebaiknya balas sendiri.

{{/ack_withheld}}
{{?held_until}}
Permohonan ini datang terlalu awal. Pemohon sudah diberi tahu, dan tiket ini muncul kembali pada hari tersebut.

{{/held_until}}
{{?joined}}
{{joined}}

{{/joined}}
{{?last_today}}
{{last_today}}

{{/last_today}}
{{?reply_to_differs}}
Perhatian: surat ini meminta jawaban ke alamat lain (Reply-To). Kami tetap hanya menjawab ke alamat pengirim.

{{/reply_to_differs}}
# Data yang terbaca

{{?applicants}}
{{applicants}}
{{/applicants}}
{{!applicants}}
Tidak ada data pemohon yang terbaca.
{{/applicants}}

{{?missing}}
# Belum lengkap atau belum sesuai

{{missing}}

{{/missing}}
{{?remarks}}
# Catatan untuk petugas

- {{remarks}}

{{/remarks}}
{{?secret}}
Surat ini memuat passphrase, kata sandi, atau OTP. Bagian itu sudah dihapus dari teks di bawah, dan pengirim kami minta menggantinya.

{{/secret}}
{{?unreadable}}
{{unreadable}}

{{/unreadable}}
{{?sender}}
# Isi surat

{{?quoted}}
| {{quoted}}
{{?quoted_cut}}

(Teksnya panjang; selanjutnya ada pada surat aslinya.)
{{/quoted_cut}}
{{/quoted}}
{{!quoted}}
(Surat ini tidak berisi teks.)
{{/quoted}}

{{/sender}}
{{?evidence}}
# Hasil pemeriksaan berkas

{{evidence}}

{{/evidence}}
{{?attachments}}
# Lampiran

{{attachments}}

{{?dangerous}}
PERINGATAN: ada lampiran yang dapat menjalankan program. Jangan membukanya.

{{/dangerous}}
{{/attachments}}
# Cara menjawab

Balas surat ini. Teks baru yang Bapak/Ibu tulis di bagian paling atas dikirim kepada pemohon. Untuk memindahkan tiket, tulis perintah pada baris pertama:

- /terbit berlaku 31-12-2028 — sertifikat sudah terbit
- /tolak (alasannya di bawahnya) — permohonan ditolak
- /catat (catatannya di bawahnya) — hanya untuk petugas
- /ambil atau /alih alamat — siapa yang menangani
- /isi NIP angka — melengkapi atau memperbaiki data
- /bantuan — semua perintah
