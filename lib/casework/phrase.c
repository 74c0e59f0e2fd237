#include "casework/phrase.h"

#include <string.h>

static const char *const days[] = { "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu" };
static const char *const months[] = { "Januari", "Februari", "Maret",     "April",   "Mei",      "Juni",
				      "Juli",    "Agustus",  "September", "Oktober", "November", "Desember" };

const char *phrase_date(struct civil_date d, struct arena *a)
{
	if (!civil_date_valid(d))
		return arena_strdup(a, "tanggal tidak diketahui");
	return arena_printf(a, "%s, %d %s %d", days[civil_weekday(d)], d.day, months[d.month - 1], d.year);
}

const char *phrase_month(int month)
{
	return months[month - 1];
}

static const char *zone_name(int32_t offset_s, struct arena *a)
{
	static const struct {
		int32_t offset_s;
		const char *name;
	} zones[] = {
		{ 7 * 3600, "WIB" },
		{ 8 * 3600, "WITA" },
		{ 9 * 3600, "WIT" },
	};
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (zones[i].offset_s == offset_s)
			return zones[i].name;
	int32_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
	return arena_printf(a, "UTC%c%02d.%02d", offset_s < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

struct civil_date phrase_local_date(struct instant t, const struct calendar *c)
{
	struct civil_time l = instant_civil(t, zone_offset(calendar_zone(c), t));
	return (struct civil_date){ l.year, l.month, l.day };
}

const char *phrase_instant(struct instant t, const struct calendar *c, struct arena *a)
{
	int32_t offset = zone_offset(calendar_zone(c), t);
	struct civil_time l = instant_civil(t, offset);
	const char *date = phrase_date((struct civil_date){ l.year, l.month, l.day }, a);
	const char *zone = zone_name(offset, a);
	if (!date || !zone)
		return NULL;
	return arena_printf(a, "%s pukul %02d.%02d %s", date, l.hour, l.minute, zone);
}

const char *phrase_serial(const char *serial)
{
	size_t n = strlen(serial);
	return n > 8 ? serial + n - 8 : serial;
}

const char *phrase_duration(struct duration d, struct arena *a)
{
	int64_t minutes = d.ms / 60000;
	if (d.ms < 60000)
		return arena_strdup(a, d.ms <= 0 ? "0 menit" : "kurang dari 1 menit");
	if (minutes < 180)
		return arena_printf(a, "%lld menit", (long long)minutes);
	if (minutes % 60 == 0)
		return arena_printf(a, "%lld jam", (long long)(minutes / 60));
	return arena_printf(a, "%lld jam %lld menit", (long long)(minutes / 60), (long long)(minutes % 60));
}

static const struct {
	const char *phrase, *word;
} kinds[] = {
	[REQUEST_RENEWAL] = { "pembaharuan sertifikat elektronik", "pembaharuan" },
	[REQUEST_ISSUANCE] = { "penerbitan sertifikat elektronik baru", "penerbitan" },
	[REQUEST_REVOCATION] = { "pencabutan sertifikat elektronik", "pencabutan" },
	[REQUEST_PASSPHRASE] = { "bantuan passphrase", "passphrase" },
	[REQUEST_DATA_CHANGE] = { "perubahan data", "perubahan-data" },
	[REQUEST_QUESTION] = { "pertanyaan", "pertanyaan" },
	[REQUEST_OTHER] = { "lain-lain", "lain-lain" },
	[REQUEST_AUTOMATIC] = { "surat otomatis", "otomatis" },
};

const char *phrase_kind(enum request_kind k)
{
	return (size_t)k < sizeof(kinds) / sizeof(*kinds) ? kinds[k].phrase : "?";
}

const char *phrase_kind_word(enum request_kind k)
{
	return (size_t)k < sizeof(kinds) / sizeof(*kinds) ? kinds[k].word : "?";
}

const char *phrase_state(enum ticket_state s)
{
	static const char *const states[N_TICKET_STATES] = {
		[TICKET_RECEIVED] = "baru diterima",
		[TICKET_EXAMINING] = "sedang diperiksa",
		[TICKET_WAITING] = "menunggu jawaban pemohon",
		[TICKET_RENEWED] = "sudah terbit, pemberitahuan sedang dikirim",
		[TICKET_CLOSED] = "selesai",
		[TICKET_REFUSED] = "ditolak",
		[TICKET_CANCELLED] = "dibatalkan",
		[TICKET_MERGED] = "digabung ke tiket lain",
	};
	return (size_t)s < N_TICKET_STATES ? states[s] : "?";
}

const char *phrase_applicant_state(enum applicant_state s)
{
	static const char *const states[] = {
		[APPLICANT_OPEN] = "dalam proses",
		[APPLICANT_RENEWED] = "sudah terbit",
		[APPLICANT_REFUSED] = "ditolak",
	};
	return (size_t)s < sizeof(states) / sizeof(*states) ? states[s] : "?";
}

static const struct {
	const char *name, *shape;
} fields[N_FIELDS] = {
	[FIELD_NAME] = { "Nama", "nama lengkap sesuai KTP" },
	[FIELD_NIK] = { "NIK", "16 angka, sesuai KTP" },
	[FIELD_NIP] = { "NIP", "18 angka" },
	[FIELD_POSITION] = { "Jabatan", "jabatan saat ini" },
	[FIELD_AGENCY] = { "Instansi", "nama dinas, badan, atau unit kerja" },
	[FIELD_EMAIL] = { "Email", "alamat email dinas yang aktif" },
	[FIELD_PHONE] = { "Nomor HP", "nomor HP aktif, misalnya 0812 3456 7890" },
	[FIELD_VALID_UNTIL] = { "Masa berlaku", "tanggal akhir masa berlaku, misalnya 31-12-2026" },
};

const char *phrase_field(enum applicant_field f)
{
	return (size_t)f < N_FIELDS ? fields[f].name : "?";
}

const char *phrase_shape(enum applicant_field f)
{
	return (size_t)f < N_FIELDS ? fields[f].shape : "?";
}
