#include "sheet/xlsx_part.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { PIECE = 16 * 1024, DEPTH_MAX = 64 };

struct parse {
	const struct part_handlers *h;
	void *context;
	XML_Parser parser;
	const bool *stop;
	uint32_t depth;
};

static const char *without_prefix(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *part_attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (str_eq(without_prefix(attributes[0]), name))
			return attributes[1];
	return NULL;
}

static void on_start(void *user, const char *name, const char **attributes)
{
	struct parse *p = user;
	if (++p->depth > DEPTH_MAX) {
		(void)XML_StopParser(p->parser, XML_FALSE);
		return;
	}
	p->h->start(p->context, without_prefix(name), attributes);
	if (*p->stop)
		(void)XML_StopParser(p->parser, XML_FALSE);
}

static void on_end(void *user, const char *name)
{
	struct parse *p = user;
	p->depth--;
	p->h->end(p->context, without_prefix(name));
	if (*p->stop)
		(void)XML_StopParser(p->parser, XML_FALSE);
}

static void on_text(void *user, const char *s, int n)
{
	struct parse *p = user;
	p->h->text(p->context, s, n);
}

/* A workbook has no document type; whoever brings one wants to expand or fetch something. */
static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
	struct parse *p = user;
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	(void)XML_StopParser(p->parser, XML_FALSE);
}

static int feed(struct parse *p, unzFile zip, const char *name, uint64_t *budget, struct error *err)
{
	for (;;) {
		void *piece = XML_GetBuffer(p->parser, PIECE);
		int n = piece ? unzReadCurrentFile(zip, piece, PIECE) : -1;
		if (!piece)
			return error_set(err, -ENOMEM, "no memory");
		if (n < 0)
			return error_set(err, SHEET_DAMAGED, "%s cannot be unpacked", name);
		if ((uint64_t)n > *budget)
			return error_set(err, SHEET_DAMAGED, "the workbook unpacks to more than %d MiB",
					 LIMIT_SHEET_UNPACKED_BYTES / 1024 / 1024);
		*budget -= (uint64_t)n;
		if (XML_ParseBuffer(p->parser, n, n == 0) != XML_STATUS_OK) {
			if (*p->stop)
				return 0;
			return error_set(err, XML_GetErrorCode(p->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM : SHEET_DAMAGED,
					 "%s, line %lu: %s", name, XML_GetCurrentLineNumber(p->parser),
					 XML_ErrorString(XML_GetErrorCode(p->parser)));
		}
		if (n == 0)
			return 0;
	}
}

int part_parse(unzFile zip, const char *name, const struct part_handlers *h, void *context, uint64_t *budget, const bool *stop,
	       struct error *err)
{
	if (unzLocateFile(zip, name, 1) != UNZ_OK)
		return SHEET_NO_LIST;
	if (unzOpenCurrentFile(zip) != UNZ_OK)
		return error_set(err, SHEET_DAMAGED, "%s cannot be opened", name);
	struct parse p = { .h = h, .context = context, .stop = stop, .parser = XML_ParserCreate(NULL) };
	int r = -ENOMEM;
	if (p.parser) {
		XML_SetUserData(p.parser, &p);
		XML_SetElementHandler(p.parser, on_start, on_end);
		XML_SetCharacterDataHandler(p.parser, on_text);
		XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
		r = feed(&p, zip, name, budget, err);
		XML_ParserFree(p.parser);
	}
	if (unzCloseCurrentFile(zip) == UNZ_CRCERROR && r == 0)
		return error_set(err, SHEET_DAMAGED, "%s is not what was packed: wrong checksum", name);
	return r;
}
