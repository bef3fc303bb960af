/*
 * tcp_nonblocking_test [ADDRESS [PORT]]: a socket with O_NONBLOCK never waits, and poll says when it need not.
 * Sabotage: fcntl
 */
#include "check.h"
#include "echo.h"

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, ECHO_PORT), told = {0};
    socklen_t size = sizeof told;
    char byte;
    plan(6);
    int connection = begin_connect(other);
    check(connection >= 0, "a connect starts");
    if (!check(connection >= 0 && wait_for(connection, POLLOUT) && connect_error(connection) == 0,
               "when it is done the socket is ready to write and has no error"))
        return done();
    check(getpeername(connection, (struct sockaddr *)&told, &size) == 0 && told.sin_port == other.sin_port
              && told.sin_addr.s_addr == other.sin_addr.s_addr,
          "it is connected to the peer");

    /* Linux answers the first call after the connection is made with success, and only then so. */
    connect(connection, (struct sockaddr *)&other, sizeof other);
    check(connect(connection, (struct sockaddr *)&other, sizeof other) == -1 && errno == EISCONN,
          "it cannot be connected again");
    check((fcntl(connection, F_GETFL) & O_NONBLOCK) && recv(connection, &byte, 1, 0) == -1
              && (errno == EAGAIN || errno == EWOULDBLOCK),
          "nothing to receive is EAGAIN");
    check(send(connection, "x", 1, MSG_NOSIGNAL) == 1 && wait_for(connection, POLLIN)
              && recv(connection, &byte, 1, 0) == 1 && byte == 'x',
          "poll says when the answer is there");
    close(connection);
    return done();
}
