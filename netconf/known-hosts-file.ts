import { readFile, stat } from 'node:fs/promises';
import { parseKnownHosts, type KnownHosts } from './known-hosts.ts';

/** A `known_hosts` file, read again whenever it has changed. One that doesn't exist (yet) knows no host. */
export class KnownHostsFile {
  readonly path: string;
  #read: { readonly sequence: string; readonly hosts: KnownHosts } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws if the file exists and can't be read. */
  async read(): Promise<KnownHosts> {
    const sequence = await this.#sequence();
    if (this.#read !== undefined && this.#read.sequence === sequence) return this.#read.hosts;
    const hosts = parseKnownHosts(sequence === undefined ? '' : await readFile(this.path, 'utf8'), this.path);
    this.#read = sequence === undefined ? undefined : { sequence, hosts };
    return hosts;
  }

  async #sequence(): Promise<string | undefined> {
    try {
      const { ino, mtimeNs, size } = await stat(this.path, { bigint: true });
      return `${ino} ${mtimeNs} ${size}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
