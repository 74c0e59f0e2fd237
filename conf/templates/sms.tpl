Subject: Pesan singkat

{{text}}
