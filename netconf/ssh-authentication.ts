/** Which credentials are offered to a router, and in which order. Keys go first, because no secret is sent to the router. */
import ssh2, { type AnyAuthMethod, type AuthHandlerMiddleware } from 'ssh2';

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

/** Offers each method once, if the router still accepts it. `tried` collects the names of those that were offered. */
export function authenticationHandler(credentials: Credentials, tried: string[]): AuthHandlerMiddleware {
  const methods = methodsFor(credentials);
  return (left: readonly string[] | null, _partial, next) => {
    const at = methods.findIndex((method) => left === null || left.includes(wireName(method)));
    const [method] = at === -1 ? [] : methods.splice(0, at + 1).slice(-1);
    if (method !== undefined) tried.push(wireName(method));
    next(method ?? (false as unknown as AnyAuthMethod)); // `false` ends the list; ssh2's types leave it out.
  };
}

function methodsFor({ username, password, privateKey, passphrase, agent }: Credentials): AnyAuthMethod[] {
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
    // Some routers ask for the password in this way only. A prompt with echo does not ask for a password.
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(({ echo }) => (echo === true ? '' : password))),
    });
  }
  return methods;
}

function wireName(method: AnyAuthMethod): string {
  return method.type === 'agent' ? 'publickey' : method.type;
}
