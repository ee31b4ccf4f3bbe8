/** Which credentials are offered to a router, and in which order. Keys go first, because with a key no secret is sent to the router. */
import ssh2, { type AnyAuthMethod, type AuthHandlerMiddleware } from 'ssh2';
import { oneLine } from './one-line.ts';

/** Credentials for a login. They are not stored after the login. */
export interface Credentials {
  readonly username: string;
  readonly password?: string | undefined;
  /** Contents of a private key file. */
  readonly privateKey?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  /** Path of the socket of an SSH agent. */
  readonly agent?: string | undefined;
}

/** @throws {TypeError} if the private key can't be used. The message holds nothing of the key. */
export function assertPrivateKey(privateKey: string | Buffer, passphrase?: string): void {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) {
    throw new TypeError(
      `private key: expected an OpenSSH or PEM private key${passphrase === undefined ? ' without a passphrase' : ''}, got one that can't be read`,
    );
  }
  const [key] = [parsed].flat();
  if (key === undefined || !key.isPrivateKey())
    throw new TypeError('private key: expected a private key, got a public one');
}

export const NEW_PASSWORD =
  'its password has expired, and the router asks for a new one: set it on the router and in the edge_router record';

export interface Login {
  /** Collects the names of the methods that were offered. */
  readonly tried: string[];
  /** Ends the login for a reason that no further method can mend. */
  readonly refuse: (reason: string) => void;
}

/**
 * Offers each method once, if the router still accepts it. A router may need several methods, one after the other, and says so by a partial
 * success (RFC 4252 §5.1): then those that it had refused before are offered again.
 */
export function authenticationHandler(
  credentials: Credentials,
  { tried, refuse }: Login,
): AuthHandlerMiddleware {
  const methods = methodsFor(credentials, refuse);
  const accepted = new Set<AnyAuthMethod>();
  let left = [...methods];
  let last: AnyAuthMethod | undefined;
  return (names: readonly string[] | null, partial, next) => {
    if (partial && last !== undefined) {
      accepted.add(last);
      left = methods.filter((method) => !accepted.has(method));
    }
    last = left.find((method) => names === null || names.includes(wireName(method)));
    left = left.filter((method) => method !== last);
    if (last !== undefined) tried.push(wireName(last));
    next(last ?? (false as unknown as AnyAuthMethod)); // `false` ends the list; ssh2's types leave it out.
  };
}

function methodsFor(
  { username, password, privateKey, passphrase, agent }: Credentials,
  refuse: Login['refuse'],
): AnyAuthMethod[] {
  const methods: AnyAuthMethod[] = [];
  if (privateKey !== undefined)
    methods.push({
      type: 'publickey',
      username,
      key: privateKey,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  if (agent !== undefined) methods.push({ type: 'agent', username, agent });
  if (password !== undefined) {
    methods.push({ type: 'password', username, password });
    methods.push({ type: 'keyboard-interactive', username, prompt: answering(password, refuse) });
  }
  return methods;
}

/** Prompts for a new password: "New password:", "New UNIX password:", "Retype new password:". */
const NEW_PROMPT = /\bnew (?:\S+ )?password\b|\bre-?(?:type|enter)\b/i;
/** Words above such prompts: "Your password has expired", "You are required to change your password immediately". */
const EXPIRED = /\bpassword (?:has |is |was )?expired\b|\b(?:required|have) to change\b|\bmust change\b/i;

/**
 * Answers the dialogue in which some routers ask for the password. The password is sent once, to the first prompt without echo. A second prompt asks for
 * something else; above all, the current password must never be sent as a new one. RFC 4256 §3.2.
 */
function answering(
  password: string,
  refuse: Login['refuse'],
): Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt'] {
  let wasSent = false;
  return (name, instructions, _language, prompts, finish) => {
    const hidden = prompts.find(({ echo }) => echo !== true);
    const isNew =
      EXPIRED.test(`${name} ${instructions}`) || prompts.some(({ prompt }) => NEW_PROMPT.test(prompt));
    if (hidden !== undefined && isNew) return refuse(NEW_PASSWORD);
    if (hidden !== undefined && wasSent)
      return refuse(
        `after the password the router asks for more: ${JSON.stringify(oneLine(hidden.prompt, 80))}`,
      );
    wasSent ||= hidden !== undefined;
    finish(prompts.map((prompt) => (prompt === hidden ? password : '')));
  };
}

function wireName(method: AnyAuthMethod): string {
  return method.type === 'agent' ? 'publickey' : method.type;
}
