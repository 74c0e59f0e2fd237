Subject: {{what}}

Yth. {{recipient_name}},

{{why}}

{{?shown}}
{{shown}}

{{/shown}}
{{?number}}
Nomor tiket : {{number}}
Jenis : {{kind}}
Keadaan : {{state}}
Pemohon : {{requester}}
{{?assigned}}
Petugas : {{assigned}}
{{/assigned}}

{{/number}}
{{!hide_mail}}
{{?sender}}
# Surat yang dimaksud

Pengirim : {{sender}}
Keaslian : {{sender_proof}}
Subjek : {{subject}}
Masuk : {{received_at}}

{{?unreadable}}
{{unreadable}}

{{/unreadable}}
{{?quoted}}
| {{quoted}}
{{?quoted_cut}}

(Teksnya panjang; selanjutnya ada pada surat aslinya.)
{{/quoted_cut}}
{{/quoted}}
{{!quoted}}
(Surat ini tidak berisi teks.)
{{/quoted}}

{{?secret}}
Surat ini memuat passphrase, kata sandi, atau OTP. Bagian itu sudah dihapus.

{{/secret}}
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
{{/sender}}
{{/hide_mail}}
{{?parked}}
{{?number}}
Perhatian: balasan atas surat pemberitahuan ini dikirim kepada PEMOHON tiket, bukan kepada pengirim surat di atas. Untuk menjawab pengirim itu, tulislah langsung kepadanya.
{{/number}}
{{/parked}}
