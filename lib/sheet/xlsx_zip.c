#include "sheet/xlsx_zip.h"

#include <string.h>

static voidpf on_open(voidpf opaque, const void *name, int mode)
{
	(void)name;
	return mode & ZLIB_FILEFUNC_MODE_WRITE ? NULL : opaque;
}

static uLong on_read(voidpf opaque, voidpf stream, void *out, uLong n)
{
	struct zip_memory *m = stream;
	size_t left = m->bytes.n - m->at;
	size_t got = n < left ? n : left;
	(void)opaque;
	if (got > 0)
		memcpy(out, m->bytes.p + m->at, got);
	m->at += got;
	m->short_read = m->short_read || got < n;
	return got;
}

static ZPOS64_T on_tell(voidpf opaque, voidpf stream)
{
	const struct zip_memory *m = stream;
	(void)opaque;
	return m->at;
}

static long on_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct zip_memory *m = stream;
	size_t from = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? m->at : m->bytes.n;
	(void)opaque;
	if (offset > m->bytes.n - from)
		return -1;
	m->at = from + (size_t)offset;
	return 0;
}

static int on_close(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

/* minizip takes the end of the bytes for a number's zeros where this tells of no error. */
static int on_error(voidpf opaque, voidpf stream)
{
	const struct zip_memory *m = stream;
	(void)opaque;
	return m->short_read;
}

unzFile zip_open(struct zip_memory *m, struct span bytes)
{
	zlib_filefunc64_def f = { .zopen64_file = on_open,
				  .zread_file = on_read,
				  .ztell64_file = on_tell,
				  .zseek64_file = on_seek,
				  .zclose_file = on_close,
				  .zerror_file = on_error,
				  .opaque = m };
	*m = (struct zip_memory){ .bytes = bytes };
	return unzOpen2_64("", &f);
}
