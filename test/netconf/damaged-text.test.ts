/** Characters that a router should not have sent, in text that is only shown, and in text that is compared. */
import assert from 'node:assert/strict';
import { DamagedTextError, ProtocolError, SessionLostError } from '../../netconf/errors.ts';
import { MessageReader } from '../../netconf/framing.ts';
import {
  commitInformation,
  compareWithRunning,
  getConfiguration,
  loadText,
  lock,
} from '../../netconf/operations.ts';
import { frame } from '../../netconf/framing.ts';
import { readXml } from '../../netconf/xml-reader.ts';
import { XmlError } from '../../netconf/xml.ts';
import { useSessions } from './use-sessions.ts';

const LATIN_1 = Buffer.from('Z\xfcrich', 'latin1');
const SHOWN = '\ufffd';

/** What a router may have sent, and how it is shown. */
const damages: readonly (readonly [name: string, octets: Buffer, shown: string])[] = [
  ['a word in Latin-1', LATIN_1, `Z${SHOWN}rich`],
  ['a reference to a control character', Buffer.from('a&#8;b'), `a${SHOWN}b`],
  ['a wildcard without its escapes', Buffer.from('unit <*> family'), `unit ${SHOWN} family`],
  ['a wildcard first', Buffer.from('<*> all'), `${SHOWN} all`],
  ['octets that no character has', Buffer.from([0x61, 0xff, 0xfe, 0x62]), `a${SHOWN}${SHOWN}b`],
  [
    'half a character, behind one that stands for such',
    Buffer.from('\ufffd\u00fc').subarray(0, 4),
    SHOWN.repeat(2),
  ],
];

const configuration = getConfiguration({ paths: [['interfaces']], database: 'committed' });

describe('text that a router should not have sent', () => {
  const { open } = useSessions();

  /** A session with a router that answers each request with `content`, in which `octets` stand in place of `@`. */
  const answering = (
    content: string,
    octets: Buffer,
    framing: 'chunked' | 'end-of-message' = 'end-of-message',
  ) =>
    open({
      framing,
      answer: ({ id }, { raw }) => {
        const [before = '', after = ''] = `<rpc-reply message-id="${id}">${content}</rpc-reply>`.split('@');
        const bytes = Buffer.concat([Buffer.from(before), octets, Buffer.from(after)]);
        if (framing === 'chunked')
          raw(Buffer.concat([Buffer.from(`\n#${bytes.length}\n`), bytes, Buffer.from('\n##\n')]));
        else raw(Buffer.concat([bytes, Buffer.from(']]>]]>')]));
      },
    });

  for (const [name, octets, shown] of damages) {
    it(`is shown as U+FFFD where it is only shown: ${name}`, async () => {
      for (const field of ['log', 'comment', 'user', 'client'] as const)
        for (const framing of ['end-of-message', 'chunked'] as const) {
          const session = await answering(
            `<commit-information><commit-history><sequence-number>0</sequence-number><${field}>@</${field}></commit-history></commit-information>`,
            octets,
            framing,
          );
          const [entry] = await session.request(commitInformation());
          assert.equal(entry?.[field], shown);
        }
    });

    it(`is refused in configuration, which is compared, and the reply is named: ${name}`, async () => {
      const text = await answering('<configuration-text>@ { x; }</configuration-text>', octets);
      await assert.rejects(text.request(configuration), (error: unknown) => {
        assert.ok(error instanceof DamagedTextError, String(error));
        assert.match(error.message, /in get-configuration, line 1, column \d: expected text in UTF-8/);
        assert.ok(!/rich|family/.test(error.message));
        return true;
      });
      const diff = await answering(
        '<configuration-information><configuration-output>@</configuration-output></configuration-information>',
        octets,
      );
      assert.equal(text.isOpen, true);
      assert.equal(await diff.request(compareWithRunning()), shown);
    });
  }

  it('is shown in the message of a refusal', async () => {
    const refused =
      '<rpc-error><error-severity>error</error-severity><error-message>no @</error-message></rpc-error>';
    const session = await answering(refused, LATIN_1);
    await assert.rejects(session.request(loadText('')), /was refused: no Z\ufffdrich$/);
    const holder = await answering(refused.replace('no @', 'configuration database locked by: @'), LATIN_1);
    assert.deepEqual(await holder.request(lock()), {
      kind: 'denied',
      holder: { description: 'configuration database locked by: Z\ufffdrich' },
    });
  });

  it('does not harm the fields beside it, nor a replacement character that the router has sent', async () => {
    const session = await answering(
      '<commit-information><commit-history><user>ops</user><log>\ufffd @</log><date-time seconds="7">now</date-time></commit-history></commit-information>',
      LATIN_1,
    );
    const [entry] = await session.request(commitInformation());
    assert.deepEqual([entry?.user, entry?.log, entry?.atMs], ['ops', '\ufffd Z\ufffdrich', 7_000]);
    const good = await answering(
      '<configuration-text>description "@";</configuration-text>',
      Buffer.from('\ufffd'),
    );
    assert.equal(await good.request(configuration), 'description "\ufffd";');
  });

  it('is harmless in a comment', async () => {
    const session = await answering('<!-- @ --><ok/>', LATIN_1);
    assert.deepEqual(await session.request(lock()), { kind: 'locked' });
  });

  const malformed: readonly (readonly [where: string, content: string])[] = [
    ['the name of a tag', '<commit-information><a@/></commit-information>'],
    ['an attribute', '<commit-information><a b="@"/></commit-information>'],
    ['the text of an element that does not end', '<commit-information><log>@</commit-information>'],
  ];
  for (const [where, content] of malformed)
    it(`ends the session in ${where}, and the reply is named`, async () => {
      const session = await answering(content, LATIN_1);
      await assert.rejects(session.request(commitInformation()), (error: unknown) => {
        assert.ok(error instanceof ProtocolError, String(error));
        assert.match(error.message, /in get-commit-information: expected well-formed XML/);
        return true;
      });
      await assert.rejects(session.request(lock()), SessionLostError);
    });

  it('is refused where it does not stand for a character', () => {
    for (const text of [
      '<a>< *></a>',
      '<a><**></a>',
      '<*>',
      '<a/><*>',
      '<a>&#;</a>',
      '<a>&x8;</a>',
      '<a>&#8</a>',
    ])
      assert.throws(() => readXml(text), XmlError, text);
  });

  it('is marked at each cut of the stream alike', () => {
    const bytes = Buffer.concat([
      Buffer.from('<a>'),
      LATIN_1,
      Buffer.from('</a>'),
      frame('', 'end-of-message'),
    ]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new MessageReader({ maxMessageBytes: 100, marksBadOctets: true });
      reader.push(bytes.subarray(0, cut));
      const early = reader.next();
      reader.push(bytes.subarray(cut));
      const read = readXml(early ?? reader.next() ?? '');
      assert.deepEqual([read.text, read.isDamaged], ['Z\ufffdrich', true]);
    }
  });
});
