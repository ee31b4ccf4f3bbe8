/**
 * Takes the secrets out of rendered configurations. Each placeholder has a keyed digest of its secret. So two texts with equal secrets stay equal,
 * and a version that changes nothing but a secret still has another text.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { FAILURES } from '../../gateway/failures.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { ROLES } from '../../gateway/resource.ts';
import { StoreNewerError } from '../../etcd/errors.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { Standing } from '../../etcd/plan-record.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import type { Store } from '../../etcd/store.ts';
import { conceal, concealPath, placeholder, placeholdersIn } from '../../junos/placeholders.ts';
import type { PlaceholderOf } from '../../junos/placeholders.ts';
import { parse } from '../../junos/parse.ts';
import { JunosWordError, print } from '../../junos/print.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import { parseSet, printSet } from '../../junos/set.ts';
import { RefusedError } from '../refused.ts';

export interface Concealed {
  readonly configurations: Standing['configurations'];
  /** The secrets of the rendered configurations. `undefined`: they have none. */
  readonly secrets: GatewaySecrets | undefined;
}

/**
 * Reads the gateway's secrets only if there are any in what is rendered or stands. Throws a `RefusedError` if a secret of what stands is lost: then
 * nobody could put back what stands.
 */
export async function concealed(
  store: Pick<Store, 'secrets'>,
  gateway: GatewayRef,
  rendered: Standing['configurations'],
  standing: Standing | undefined,
): Promise<Concealed> {
  const needed = placeholdersIn(JSON.stringify(standing?.configurations ?? null));
  if (needed.length === 0 && !hasSecrets(rendered)) return { configurations: rendered, secrets: undefined };
  const [record] = await store.secrets([gateway]);
  if (record instanceof StoreNewerError) throw record;
  if (record instanceof Error) throw new RefusedError(FAILURES.StoreCorrupt, record.message);
  const lost = needed.find((one) => record?.values[one] === undefined);
  if (lost !== undefined)
    throw new RefusedError(
      FAILURES.StoreCorrupt,
      `${KEYS.secrets(gateway)} has no ${lost}, which stands on the routers: put it back from a backup, or delete the gateway and create it anew`,
    );
  const key = record?.key ?? randomBytes(32).toString('base64');
  const values: Record<string, string> = {};
  const placeholderOf: PlaceholderOf = (name, secret) => {
    const digest = createHmac('sha256', key).update(secret).digest('hex').slice(0, 16);
    const found = placeholder(name, digest);
    values[found] = secret;
    return found;
  };
  const [primary, secondary] = ROLES.map((role) => concealedConfiguration(rendered[role], placeholderOf));
  const configurations = { primary, secondary } as Standing['configurations'];
  return { configurations, secrets: Object.keys(values).length === 0 ? undefined : { key, values } };
}

/** Whether a value is configuration text that has a secret, or holds such a text. */
export function hasSecret(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasSecret);
  if (typeof value !== 'string') return false;
  try {
    let found = false;
    concealedText(value, (_, secret) => {
      found = true;
      return secret;
    });
    return found;
  } catch (error) {
    if (error instanceof JunosSyntaxError || error instanceof JunosWordError) return false;
    throw error;
  }
}

function hasSecrets(rendered: Standing['configurations']): boolean {
  let found = false;
  for (const role of ROLES)
    concealedConfiguration(rendered[role], (_, secret) => {
      found = true;
      return secret;
    });
  return found;
}

function concealedConfiguration(
  configuration: RouterConfiguration,
  placeholderOf: PlaceholderOf,
): RouterConfiguration {
  return {
    ...configuration,
    create: concealedText(configuration.create, placeholderOf),
    arrange: configuration.arrange.flatMap((line) =>
      parseSet(line).map((command) =>
        printSet(
          command.verb === 'set' ? { ...command, path: concealPath(command.path, placeholderOf) } : command,
        ),
      ),
    ),
  };
}

function concealedText(text: string, placeholderOf: PlaceholderOf): string {
  return print(conceal(parse(text), placeholderOf));
}
