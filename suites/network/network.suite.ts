import { defineSuite } from 'twinboot';

defineSuite('network', {
  needs: ['posix-shell', 'network'],
  machine: { network: 'user' },
  atLeast: 10,
  cases: {
    network_address_test: { run: 'network_address_test', about: 'the machine has an address and a route' },
    tcp_echo_test: { run: 'tcp_echo_test', about: 'bytes come back over TCP, until both ends stop' },
    tcp_nonblocking_test: { run: 'tcp_nonblocking_test', about: 'a socket with O_NONBLOCK never waits' },
    tcp_refused_test: { run: 'tcp_refused_test', about: 'a port without a listener refuses' },
    tcp_many_test: { run: 'tcp_many_test', about: 'connections in a row and at once do not mix' },
    udp_echo_test: { run: 'udp_echo_test', about: 'datagrams come back whole, each by itself' },
    http_test: { run: 'http_test', about: 'documents are fetched by HTTP' },
    socket_loopback_test: { run: 'socket_loopback_test', about: 'TCP works within the machine' },
    udp_loopback_test: { run: 'udp_loopback_test', about: 'UDP works within the machine' },
    network_isolation_test: { run: 'network_isolation_test', about: 'the machine reaches the harness and nobody else' },
  },
});
