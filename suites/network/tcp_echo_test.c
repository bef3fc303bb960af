/*
 * tcp_echo_test [ADDRESS [PORT]]: what is sent over a connection comes back, small and large, until both ends stop.
 * Sabotage: send
 */
#include "check.h"
#include "echo.h"

/* Sends a line, then says that no more will come: the other end answers, and ends its side as well. */
static int sees_half_close(int connection)
{
    char bytes[16];
    return send_all(connection, "last words\n", 11) && shutdown(connection, SHUT_WR) == 0
        && receive_all(connection, bytes, sizeof bytes) == 11 && memcmp(bytes, "last words\n", 11) == 0;
}

int main(int argc, char *argv[])
{
    char bytes[16];
    plan(6);
    int connection = connect_to(peer(argc, argv, ECHO_PORT));
    if (!check(connection >= 0, "a connection is made"))
        return done();
    if (!check(send_all(connection, "hello\n", 6) && receive_all(connection, bytes, 6) == 6
                   && memcmp(bytes, "hello\n", 6) == 0,
               "a line comes back"))
        return done();
    int single = 1;
    for (int index = 0; index < 20; index++)
        single = single && comes_back(connection, 1);
    check(single, "single bytes come back, one after the other");
    check(comes_back(connection, 64 * 1024), "64 KiB come back in order");
    check(sees_half_close(connection), "an end that has said its last still hears the answer, then the end");
    check(send(connection, "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE, "after its last words it cannot send");
    close(connection);
    return done();
}
