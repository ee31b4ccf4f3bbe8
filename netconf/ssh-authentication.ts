/** Which credentials are offered to a router, and in which order: keys go first, as they give nothing away to a wrong peer. */
import ssh2, { type AnyAuthMethod, type AuthHandlerMiddleware } from 'ssh2';

/** What a router is opened with. Kept by nobody beyond the attempt. */
export interface Credentials {
  readonly username: string;
  readonly password?: string | undefined;
  /** Contents of a private key file. */
  readonly privateKey?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  /** Path of an agent's socket. */
  readonly agent?: string | undefined;
}

/** @throws {TypeError} if the private key can't be used; the message holds nothing of it. */
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

/** Offers each method once, if the router still wants it; `tried` collects those offered. */
export function authenticationHandler(credentials: Credentials, tried: string[]): AuthHandlerMiddleware {
  const methods = methodsFor(credentials);
  return (left: readonly string[] | null, _partial, next) => {
    const at = methods.findIndex((method) => left === null || left.includes(wireName(method)));
    const [method] = at === -1 ? [] : methods.splice(0, at + 1).slice(-1);
    if (method !== undefined) tried.push(wireName(method));
    next(method ?? (false as unknown as AnyAuthMethod)); // ssh2's types leave out `false`, its word for the end of the list.
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
    // Some AAA set-ups ask for the password this way only; a prompt that would echo is not for a password.
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
