Subject: Berita acara pemusnahan, {{period}}

Yth. {{recipient_name}},

Dengan hormat, kami sampaikan berita acara pemusnahan berikut. Masa simpannya sudah lewat menurut pengaturan retensi {{agency}}, tiketnya sudah selesai, dan tidak ada yang sedang ditahan dari pemusnahan.

# Berita acara pemusnahan

Tanggal : {{period}}
Pelaksana : {{mailbox_name}}, secara otomatis
Cara : berkas surat dihapus; lampiran di dalam surat yang masih disimpan ditimpa; data dihapus dari basis data

{{destroyed_sum}}

# Yang dimusnahkan

{{destroyed}}

Daftar lengkapnya terlampir. Sidik jari SHA-256 daftar itu tersimpan dalam rantai audit: {{digest}}

Yang tidak ikut dimusnahkan: salinan pada server surat (folder arsip kotak surat) dan cadangan yang dibuat sebelum tanggal ini. Keduanya perlu dihapus oleh pengelolanya.

Mohon surat ini disimpan sebagai bukti. Bila ada tiket yang tidak boleh dimusnahkan, misalnya karena sengketa atau pemeriksaan, petugas dapat menahannya dengan perintah /tahan.

Hormat kami,
{{mailbox_name}}
{{agency}}
