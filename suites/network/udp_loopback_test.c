/*
 * udp_loopback_test: datagrams pass within the machine, with their boundaries and the address of their sender.
 * Sabotage: sendto
 */
#include "check.h"
#include "loopback.h"

static char bytes[16];
static struct sockaddr_in sender;

/* Receives one datagram and its sender. Returns its size, -1 where none comes. */
static ssize_t receive(int from, int flags)
{
    socklen_t size = sizeof sender;
    return wait_for(from, POLLIN) ? recvfrom(from, bytes, sizeof bytes, flags, (struct sockaddr *)&sender, &size) : -1;
}

static int send_text(int from, const char *text, struct sockaddr_in to)
{
    ssize_t length = (ssize_t)strlen(text);
    return sendto(from, text, (size_t)length, 0, (struct sockaddr *)&to, sizeof to) == length;
}

static int receives_text(int from, int flags, const char *text)
{
    ssize_t length = receive(from, flags);
    return length == (ssize_t)strlen(text) && memcmp(bytes, text, (size_t)length) == 0;
}

int main(void)
{
    struct sockaddr_in first_address, second_address;
    plan(7);
    int first = bind_loopback(SOCK_DGRAM, &first_address);
    int second = bind_loopback(SOCK_DGRAM, &second_address);
    if (!check(first >= 0 && second >= 0 && first_address.sin_port != second_address.sin_port,
               "two sockets have two ports"))
        return done();
    if (!check(send_text(first, "hello", second_address) && receives_text(second, 0, "hello"), "a datagram arrives"))
        return done();
    check(sender.sin_port == first_address.sin_port && sender.sin_addr.s_addr == first_address.sin_addr.s_addr,
          "its sender is told");
    check(send_text(second, "answer", sender) && receives_text(first, 0, "answer"), "the sender can be answered");
    check(send_text(first, "one", second_address) && send_text(first, "", second_address)
              && send_text(first, "three", second_address) && receives_text(second, 0, "one")
              && receives_text(second, 0, "") && receives_text(second, 0, "three"),
          "three datagrams stay three, also an empty one");
    check(send_text(first, "seen", second_address) && receives_text(second, MSG_PEEK, "seen")
              && receives_text(second, 0, "seen"),
          "MSG_PEEK leaves it in the queue");
    check(send_text(first, "longer than sixteen bytes", second_address) && receive(second, 0) == sizeof bytes
              && memcmp(bytes, "longer than sixt", 16) == 0 && send_text(first, "next", second_address)
              && receives_text(second, 0, "next"),
          "what does not fit is cut off and not left for the next");
    close(first);
    close(second);
    return done();
}
