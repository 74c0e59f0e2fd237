Subject: Pesan singkat: sertifikat terbit

SITANTE: sertifikat elektronik untuk permohonan {{number}} sudah terbit dan dapat digunakan. Terima kasih.
