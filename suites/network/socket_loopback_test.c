/*
 * socket_loopback_test: a connection within the machine works without any network card.
 * With this test passing and tcp_echo_test failing, look at the driver, ARP and routes; with both failing, at sockets.
 * Sabotage: bind
 */
#include <sys/wait.h>

#include "check.h"
#include "echo.h"
#include "loopback.h"

enum { KEPT_WORD = 42 };

/* Sends back what comes until the other end stops. */
static int serve_echo(int listener)
{
    char block[1000];
    int connection = wait_for(listener, POLLIN) ? accept(listener, NULL, NULL) : -1;
    ssize_t length = -1;
    while (connection >= 0 && wait_for(connection, POLLIN) && (length = recv(connection, block, sizeof block, 0)) > 0)
        if (!send_all(connection, block, (size_t)length))
            return 0;
    return length == 0;
}

/* One connection between two sockets of this process. */
static void test_pair(int listener, struct sockaddr_in address)
{
    struct sockaddr_in from = {0}, own = {0};
    socklen_t from_size = sizeof from, own_size = sizeof own;
    char bytes[8];
    int near = connect_to(address);
    int far = near >= 0 && wait_for(listener, POLLIN) ? accept(listener, (struct sockaddr *)&from, &from_size) : -1;
    check(near >= 0 && far >= 0, "a connection is accepted");
    check(near >= 0 && getsockname(near, (struct sockaddr *)&own, &own_size) == 0 && own.sin_port == from.sin_port
              && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "who accepts is told who connects");
    check(near >= 0 && far >= 0 && send_all(near, "to", 2) && receive_all(far, bytes, 2) == 2
              && memcmp(bytes, "to", 2) == 0 && send_all(far, "fro", 3) && receive_all(near, bytes, 3) == 3
              && memcmp(bytes, "fro", 3) == 0,
          "bytes pass both ways");
    close(near);
    check(far >= 0 && receive_all(far, bytes, 1) == 0, "an end that is closed is the end for the other");
    close(far);
}

int main(void)
{
    struct sockaddr_in address, taken;
    plan(8);
    int listener = bind_loopback(SOCK_STREAM, &address);
    if (!check(listener >= 0 && listen(listener, 5) == 0, "a socket listens at a port of the kernel's choice"))
        return done();
    int second = socket(AF_INET, SOCK_STREAM, 0);
    taken = address;
    check(bind(second, (struct sockaddr *)&taken, sizeof taken) == -1 && errno == EADDRINUSE,
          "the port cannot be taken twice");
    close(second);
    test_pair(listener, address);

    pid_t child = fork();
    if (child == 0)
        _exit(serve_echo(listener) ? KEPT_WORD : 1);
    int connection = connect_to(address);
    int echoed = connection >= 0 && comes_back(connection, 200 * 1000);
    if (connection >= 0)
        close(connection);
    close(listener);
    int status = 0;
    int reaped = child > 0 && waitpid(child, &status, 0) == child;
    check(echoed, "200,000 bytes come back from another process");
    check(reaped && WIFEXITED(status) && WEXITSTATUS(status) == KEPT_WORD, "which sees the end");
    return done();
}
