import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createSocketDirectory, removeRunDirectory } from '../qemu/reaper.ts';

/** Where a run's workers ask for machines. Plain data: it crosses to worker processes. */
export interface BudgetAddress {
  /** The path of a unix socket. */
  readonly socket: string;
  /** How many machines there may be at once. */
  readonly machines: number;
}

const SOCKET_NAME = 'budget';

/**
 * The machines that a run may have at once, over all of its workers. Whoever connects asks for one, has it from the
 * first byte on, and gives it back by closing the connection, which the system does for a worker that is killed. First
 * come, first served. Keeps nobody from ending: neither this process nor those that wait.
 */
export class MachineBudget {
  readonly address: BudgetAddress;
  readonly #server: Server;
  /** In the order in which they came. */
  readonly #waiting = new Set<Socket>();
  readonly #served = new Set<Socket>();

  private constructor(address: BudgetAddress) {
    this.address = address;
    this.#server = createServer((socket) => this.#accept(socket)).unref();
  }

  /** @param machines At least 1. */
  static async open(machines: number): Promise<MachineBudget> {
    const socket = path.join(createSocketDirectory(SOCKET_NAME), SOCKET_NAME);
    const budget = new MachineBudget({ socket, machines });
    budget.#server.listen(socket);
    await once(budget.#server, 'listening');
    return budget;
  }

  /** Nothing is handed out any more, and nothing is left of the budget. */
  close(): void {
    this.#server.close();
    for (const socket of [...this.#waiting, ...this.#served]) socket.destroy();
    removeRunDirectory(path.dirname(this.address.socket));
  }

  #accept(socket: Socket): void {
    this.#waiting.add(socket);
    socket.on('error', () => {}); // It closes next.
    socket.on('close', () => {
      this.#waiting.delete(socket);
      this.#served.delete(socket);
      this.#serve();
    });
    socket.unref().resume(); // Who does not read does not hear the other end hang up.
    this.#serve();
  }

  #serve(): void {
    for (const socket of this.#waiting) {
      if (this.#served.size >= this.address.machines) return;
      this.#waiting.delete(socket);
      this.#served.add(socket);
      socket.write('.');
    }
  }
}
