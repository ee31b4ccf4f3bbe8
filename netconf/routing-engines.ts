/**
 * Routers with two routing engines. Each engine has a configuration of its own, and the master's counts. A commit reaches the other engine
 * only if it is synchronized, by request or by the router's configuration. Described in Juniper's "Junos XML Management Protocol Developer
 * Guide", "Synchronizing the Configuration on Both Routing Engines".
 */
import type { Done, Operation } from './operation.ts';
import { child, descendants, firstOf, textAt, xml } from './xml.ts';

/** States of an engine that can take over, or has done so. An engine that is absent or out of order has another one. */
const STATES = ['master', 'backup'];

/**
 * `<get-route-engine-information>`: the names of the engines that are, or can become, the master. `undefined` if the router doesn't tell: it doesn't know
 * the request, or the user has no permission. If a router consists of several chassis and each of them answers, the first answer counts.
 */
export function routingEngines(): Operation<readonly string[] | undefined> {
  const name = 'get-route-engine-information';
  return {
    name,
    request: xml(name),
    read({ body, errors }) {
      const information = firstOf(body, 'route-engine-information');
      if (errors.length > 0 || information === undefined) return undefined;
      const engines = descendants(information, 'route-engine').filter((engine) => {
        const state = textAt(engine, 'mastership-state');
        return state === undefined || STATES.includes(state.toLowerCase());
      });
      return engines.map((engine) => `re${textAt(engine, 'slot') ?? '0'}`);
    },
  };
}

/** The same check or commit, on both engines: `<commit-configuration><synchronize/>`. Its result names the engines on which it succeeded. */
export function synchronized({ request, ...operation }: Operation<Done>): Operation<Done> {
  const success = child(request, 'check') === undefined ? 'commit-success' : 'commit-check-success';
  return {
    ...operation,
    request: xml(request.name, [xml('synchronize'), ...request.children], request.attributes),
    read(reply) {
      const names = descendants(reply.body, 'routing-engine')
        .filter((engine) => child(engine, success) !== undefined)
        .map((engine) => textAt(engine, 'name') ?? '');
      return { ...operation.read(reply), engines: [...new Set(names)].filter((name) => name !== '') };
    },
  };
}
