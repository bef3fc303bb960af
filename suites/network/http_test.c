/*
 * http_test [ADDRESS [PORT]]: a document is fetched by HTTP, over a plain socket.
 * The large one comes in many segments: where its bytes differ, segments were lost, doubled or joined wrongly.
 * Sabotage: recv
 */
#include "check.h"
#include "peer.h"

enum { LARGE = 100 * 1000, MOST_BYTES = LARGE + 4096 };

static char answer[MOST_BYTES + 1];
static const char *body;
static size_t body_length;

/* Receives until the other end stops. Returns whether it was the answer "200", and sets the body. */
static int receive_answer(int connection)
{
    ssize_t length = receive_all(connection, answer, MOST_BYTES);
    if (length < 0)
        return 0;
    answer[length] = '\0';
    const char *end_of_head = strstr(answer, "\r\n\r\n");
    if (!end_of_head || strncmp(answer, "HTTP/1.", 7) != 0 || strncmp(answer + 8, " 200", 4) != 0)
        return 0;
    body = end_of_head + 4;
    body_length = (size_t)(answer + length - body);
    return 1;
}

/* Fetches a document; the request goes out in pieces of this size. */
static int fetch(struct sockaddr_in other, const char *path, size_t piece)
{
    char request[128];
    int connection = connect_to(other);
    if (connection < 0)
        return 0;
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: harness\r\nConnection: close\r\n\r\n",
                          path);
    int sent = 1;
    for (size_t place = 0; sent && place < (size_t)length; place += piece) {
        size_t rest = (size_t)length - place;
        sent = send_all(connection, request + place, rest < piece ? rest : piece);
    }
    int got = sent && receive_answer(connection);
    close(connection);
    return got;
}

static int body_is_hello(void)
{
    static const char hello[] = "hello from the harness\n";
    return body_length == strlen(hello) && memcmp(body, hello, body_length) == 0;
}

static int body_counts_to(size_t length)
{
    for (size_t index = 0; index < body_length; index++)
        if ((unsigned char)body[index] != index % 251) {
            say("# byte %lu is wrong", (unsigned long)index);
            return 0;
        }
    return body_length == length;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, HTTP_PORT);
    plan(5);
    if (!check(fetch(other, "/hello", 1024) && body_is_hello(), "a short document is fetched"))
        return done();
    check(fetch(other, "/hello", 1) && body_is_hello(), "also when the request goes out byte by byte");
    check(fetch(other, "/bytes/1", 1024) && body_counts_to(1), "a document of one byte is fetched");
    check(fetch(other, "/bytes/1461", 1024) && body_counts_to(1461), "so is one of a byte more than a segment holds");
    check(fetch(other, "/bytes/100000", 1024) && body_counts_to(LARGE), "and one of 100,000 bytes");
    return done();
}
