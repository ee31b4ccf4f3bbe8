/** How a connection logs in: with which methods, and what becomes of a password that has expired. */
import type { AuthContext, AuthenticationType, Connection, KeyboardAuthContext } from 'ssh2';
import type { Authenticate } from './users.ts';

/** How logins can differ, because an administrator has set something or because time has passed. Each switch is off by default. */
export interface LoginSwitches {
  /**
   * Every right password has expired, and a new one is asked for: in the password method (RFC 4252 §8), or in a dialogue (RFC 4256), as
   * OpenSSH with PAM does.
   */
  readonly expired?: 'in password' | 'in dialogue';
  /** A login needs all of these methods, in this order, as by `AuthenticationMethods` of OpenSSH. */
  readonly methods?: readonly ('password' | 'publickey')[];
  /** Called with each new password that a client gives. */
  readonly onNewPassword?: (answer: string) => void;
}

const MAX_FAILURES = 6;

/** Answers the attempts of one connection. `accepted` gets the user's name. */
export function handleLogins(
  connection: Connection,
  authenticate: Authenticate,
  switches: LoginSwitches,
  accepted: (user: string) => void,
): void {
  const { expired, methods = [], onNewPassword = () => {} } = switches;
  let failures = 0;
  let passed = 0;
  const offered = (): AuthenticationType[] => {
    const next = methods[passed];
    if (next !== undefined) return [next];
    return ['publickey', expired === 'in dialogue' ? 'keyboard-interactive' : 'password'];
  };
  const refuse = (attempt: AuthContext): void => {
    if (attempt.method !== 'none') failures += 1;
    attempt.reject(offered());
    if (failures >= MAX_FAILURES) connection.end();
  };
  connection.on('authentication', (attempt) => {
    if (attempt.method === 'keyboard-interactive' && expired === 'in dialogue')
      return dialogue(attempt, { authenticate, refuse: () => refuse(attempt), onNewPassword });
    // Where a dialogue is needed, the password alone is refused, however right it is.
    if (attempt.method === 'password' && expired === 'in dialogue') return refuse(attempt);
    const isNext = methods.length === 0 || methods[passed] === attempt.method;
    if (!isNext || !authenticate(attempt)) return refuse(attempt);
    if (attempt.method === 'password' && expired === 'in password')
      return attempt.requestChange('Your password has expired. New password:', (answer) => {
        onNewPassword(answer);
        refuse(attempt);
      });
    // Without a signature the client only asks whether it may use this key: ssh2 answers that on `accept`, and nothing is proven yet.
    const isProof = attempt.method !== 'publickey' || attempt.signature !== undefined;
    if (isProof && passed + 1 < methods.length) {
      passed += 1;
      return attempt.reject(offered(), true);
    }
    if (isProof) accepted(attempt.username);
    attempt.accept();
  });
}

/** Asks for the password, then for a new one, and refuses the login whatever the new one is. Only a person may choose a password, no client by itself. */
function dialogue(
  attempt: KeyboardAuthContext,
  { authenticate, refuse, onNewPassword }: DialogueParts,
): void {
  attempt.prompt([{ prompt: 'Password:', echo: false }], ([password = '']) => {
    if (!authenticate({ method: 'password', username: attempt.username, password })) return refuse();
    const asked = [{ prompt: 'New password:', echo: false }];
    attempt.prompt(asked, 'Password change', 'Your password has expired.', ([answer = '']) => {
      onNewPassword(answer);
      refuse();
    });
  });
}

interface DialogueParts {
  readonly authenticate: Authenticate;
  readonly refuse: () => void;
  readonly onNewPassword: (answer: string) => void;
}
