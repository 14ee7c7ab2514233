// Writes every JSON file of the folders named as a TypeScript constant of the
// type that Slack publishes for blocks, and lets the compiler judge.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const files = (dir) => readdirSync(dir).flatMap((name) => {
  const path = join(dir, name);
  return statSync(path).isDirectory() ? files(path) : path.endsWith('.json') ? [path] : [];
});

const all = process.argv.slice(2).flatMap(files);
if (all.length === 0) throw new Error('no JSON to check: name folders');

// Slack's reference has offset (the number that an ordered list begins after) and
// slack-go always writes it; @slack/types 3.2 does not know it yet.
const known = (key, value) => value?.type === 'rich_text_list' ? { ...value, offset: undefined } : value;

const out = join(import.meta.dirname, 'generated');
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
all.forEach((path, i) => {
  const { blocks } = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(blocks)) throw new Error(`${path}: no blocks`);
  writeFileSync(join(out, `f${i}.ts`),
    `// ${path}\nimport type { KnownBlock } from '@slack/types';\nexport const blocks: KnownBlock[] = ${JSON.stringify(blocks, known, 1)};\n`);
});
// One that is wrong on purpose: a check that can't fail is none.
writeFileSync(join(out, 'wrong.ts'),
  `import type { KnownBlock } from '@slack/types';\n// @ts-expect-error\nexport const blocks: KnownBlock[] = [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }];\n`);
execFileSync(join(import.meta.dirname, 'node_modules', '.bin', 'tsc'),
  ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', ...readdirSync(out).map((f) => join(out, f))],
  { stdio: 'inherit' });
console.log(`${all.length} payloads have Slack's types`);
