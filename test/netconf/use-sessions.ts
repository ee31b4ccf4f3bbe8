import type { Session } from '../../netconf/session.ts';
import { FakeRouter, openSessionTo, type FakeRouterOptions } from './fake-router.ts';

/** What a router answers if it refuses an operation. */
export const REFUSED =
  '<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag><error-severity>error</error-severity>' +
  '<error-message>\nboom\n</error-message></rpc-error>';

/** Sessions with a fake router. Both end after each test. */
export function useSessions() {
  let router: FakeRouter | undefined;
  const sessions: Session[] = [];

  async function start(options: FakeRouterOptions = {}): Promise<FakeRouter> {
    router = await FakeRouter.start(options);
    return router;
  }

  async function open(options: FakeRouterOptions = {}, session: Parameters<typeof openSessionTo>[1] = {}) {
    const opened = await openSessionTo(await start(options), session);
    sessions.push(opened);
    return opened;
  }

  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy('the test is over');
    await router?.close();
    router = undefined;
  });

  return {
    start,
    open,
    router: (): FakeRouter => {
      if (router === undefined) throw new Error('expected a router to be started before');
      return router;
    },
  };
}
