#include "disk.h"

#include <sys/statvfs.h>

enum { LOW_MIB = 256, LOW_PERCENT = 5 };

bool disk_low(const char *directory, uint64_t *free_mib)
{
	struct statvfs v;
	if (statvfs(directory, &v) < 0)
		return false;
	uint64_t free_bytes = (uint64_t)v.f_bavail * v.f_frsize, all = (uint64_t)v.f_blocks * v.f_frsize;
	*free_mib = free_bytes >> 20;
	return *free_mib < LOW_MIB || free_bytes < all / 100 * LOW_PERCENT;
}
