import { mkdir, readdir } from 'node:fs/promises';
import { attempt, untilDeadline } from './steps.mjs';

/**
 * Makes a source of a server: a Debian package that contains the program, unpacked but not installed. apt checks the package against a signed
 * index. If the system's package lists don't work, apt uses lists in our own folder, which it updates first.
 */
export function fromDebian({ name, program }) {
  return {
    title: `Debian's package ${name}, unpacked but not installed`,
    limit: 120_000,
    async fetch(folder, limit) {
      const left = untilDeadline(limit);
      // As root, apt would download as another user, who may not write here, and would print a warning.
      const common = ['-q', '-o', 'APT::Sandbox::User=root', '-o', `Dir::Cache=${folder}/cache`];
      const ownLists = ['-o', `Dir::State::lists=${folder}/lists`];
      await mkdir(`${folder}/cache/archives/partial`, { recursive: true });
      await mkdir(`${folder}/lists/partial`, { recursive: true });
      const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
      const apt = (args) => attempt('apt-get', [...common, ...args], { ...options, limit: left() });
      try {
        await apt(['download', name]);
      } catch (error) {
        if (error.missing) throw error;
        // The system's package lists are missing or outdated.
        await apt([...ownLists, 'update']);
        await apt([...ownLists, 'download', name]);
      }
      const archive = (await readdir(folder)).find((file) => file.endsWith('.deb'));
      await attempt('dpkg-deb', ['-x', archive, 'unpacked'], { ...options, limit: left() });
      return `${folder}/unpacked/usr/bin/${program}`;
    },
  };
}
