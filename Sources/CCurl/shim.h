#ifndef ISOLOSS_CCURL_SHIM_H
#define ISOLOSS_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one typed function
   for each kind of argument. */

typedef size_t (*isoloss_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*isoloss_progress)(
    void *context,
    curl_off_t download_total,
    curl_off_t downloaded,
    curl_off_t upload_total,
    curl_off_t uploaded
);

static inline CURLcode isoloss_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_list(
    CURL *handle,
    CURLoption option,
    struct curl_slist *value
) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_transfer(
    CURL *handle,
    CURLoption option,
    isoloss_transfer value
) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode isoloss_set_progress(CURL *handle, isoloss_progress value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

static inline long isoloss_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline CURLcode isoloss_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
