import type { Session } from '../../netconf/session.ts';
import { FakeRouter, openSessionTo, type FakeRouterOptions } from './fake-router.ts';

/** What a router answers if it refuses an operation. */
export const REFUSED =
  '<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag><error-severity>error</error-severity>' +
  '<error-message>\nboom\n</error-message></rpc-error>';

/** Sessions with fake routers. All of them end after each test. */
export function useSessions() {
  const routers: FakeRouter[] = [];
  const sessions: Session[] = [];

  async function start(options: FakeRouterOptions = {}): Promise<FakeRouter> {
    const router = await FakeRouter.start(options);
    routers.push(router);
    return router;
  }

  async function open(options: FakeRouterOptions = {}, session: Parameters<typeof openSessionTo>[1] = {}) {
    const opened = await openSessionTo(await start(options), session);
    sessions.push(opened);
    return opened;
  }

  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy('the test is over');
    await Promise.all(routers.splice(0).map((router) => router.close()));
  });

  return {
    start,
    open,
    /** The one that was started last. */
    router: (): FakeRouter => {
      const router = routers.at(-1);
      if (router === undefined) throw new Error('expected a router to be started before');
      return router;
    },
  };
}
