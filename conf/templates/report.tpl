Subject: Laporan pembaharuan sertifikat elektronik

# Laporan Pembaharuan Sertifikat Elektronik

Nomor : {{number}}
Jenis : {{kind}}
Tanggal masuk : {{opened_at}}
Pemohon surat : {{requester}}

# Pemegang sertifikat

{{report_persons}}

# Pemeriksaan dan pendampingan

Pendampingan : {{examined}}
Hasil : {{result}}

# Waktu pelayanan (jam kerja)

{{steps}}

Petugas : {{officer}}

Laporan ini dibuat oleh SITANTE pada saat sertifikat dicatat terbit; langkah yang masih berjalan diselesaikan sesudahnya.

{{mailbox_name}}
{{agency}}
