/*
 * tcp_many_test [ADDRESS [PORT]]: many connections, one after the other and at the same time, do not mix.
 * Sabotage: connect
 */
#include "check.h"
#include "echo.h"

enum { IN_A_ROW = 20, AT_ONCE = 5 };

static int exchange(int connection, int number)
{
    char sent[32], received[32];
    int length = snprintf(sent, sizeof sent, "message of connection %d\n", number);
    return send_all(connection, sent, (size_t)length) && receive_all(connection, received, (size_t)length) == length
        && memcmp(sent, received, (size_t)length) == 0;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in other = peer(argc, argv, ECHO_PORT);
    int connections[AT_ONCE];
    plan(4);

    int row = 0;
    for (int good = 1; good && row < IN_A_ROW; row += good) {
        int connection = connect_to(other);
        good = connection >= 0 && exchange(connection, row);
        if (connection >= 0)
            close(connection);
    }
    say("# %d connections in a row", row);
    check(row == IN_A_ROW, "twenty connections follow each other");

    int opened = 0;
    for (int index = 0; index < AT_ONCE; index++) {
        connections[index] = connect_to(other);
        opened += connections[index] >= 0;
    }
    if (!check(opened == AT_ONCE, "five are open at once"))
        return done();

    /* All send before any receives, and the last is heard first. */
    char sent[AT_ONCE], received;
    int kept = 1;
    for (int index = 0; index < AT_ONCE; index++) {
        sent[index] = (char)('a' + index);
        kept = kept && send_all(connections[index], &sent[index], 1);
    }
    for (int index = AT_ONCE - 1; index >= 0; index--)
        kept = kept && receive_all(connections[index], &received, 1) == 1 && received == sent[index];
    check(kept, "each gets its own answer");

    close(connections[2]);
    check(exchange(connections[1], 1) && exchange(connections[3], 3), "the end of one does not end its neighbours");
    for (int index = 0; index < AT_ONCE; index++)
        if (index != 2)
            close(connections[index]);
    return done();
}
