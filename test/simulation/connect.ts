/** Connects to a router, as the session pool does it: after some round trips there is a connection, or none. */
import { UnreachableError } from '../../netconf/errors.ts';
import type { Connect } from '../../netconf/open-session.ts';
import { Connection } from './connection.ts';
import type { ConnectionDependencies } from './connection.ts';

export function connectTo(router: (host: string) => ConnectionDependencies): Connect {
  return (options) => {
    const deps = router(options.peer.host);
    return new Promise((resolve, reject) => {
      const { process, clock, name } = deps;
      const { peer, connectMs, signal, credentials } = options;
      const giveUp = (): void => reject(signal?.reason);
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp, { once: true });
      const done = (run: () => void) => (): void => {
        signal?.removeEventListener('abort', giveUp);
        run();
      };
      // TCP, keys, login: some round trips.
      const [from, to] = deps.delayMs();
      clock.after(deps.random.whole(from * 8, to * 8), () => {
        if (process.state === 'dead') return;
        if (!deps.isReachable()) {
          deps.tell(`${process.name} can't reach ${name}`);
          return process.deliver(
            done(() => reject(new UnreachableError(peer, 'connect', 'connect ECONNREFUSED'))),
          );
        }
        process.deliver(
          done(() => {
            if (signal?.aborted) return;
            const connection = new Connection(deps, credentials.username);
            deps.made(connection);
            resolve(connection.transport);
          }),
        );
      });
      clock.after(connectMs, () =>
        process.deliver(
          done(() => reject(new UnreachableError(peer, 'connect', `no answer within ${connectMs} ms`))),
        ),
      );
    });
  };
}
