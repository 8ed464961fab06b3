import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT, read } from '../docs/documents.js';

const run = promisify(execFile);

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
  healthcheck: z
    .looseObject({ disable: z.boolean().optional(), test: z.array(z.string()).optional() })
    .optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
});
const compose = z.object({
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.object({ file: z.string() })),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  volumes: z.record(z.string(), z.unknown()),
});

export type ComposeService = z.output<typeof service>;

export const composeFile = async () =>
  compose.parse(parse(await read('docker-compose.yml'), { merge: true }));

/** What `.env.example` sets. */
export async function exampleSettings(): Promise<Record<string, string>> {
  const lines = (await read('.env.example')).split('\n').filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Secrets as an operator has them, in a folder: those that the script makes, and the two that come from elsewhere. */
export async function makeSecrets(folder: string): Promise<void> {
  await run('sh', [`${ROOT}deploy/make-secrets.sh`, folder]);
}

/** The sample's texts as a hospital might have changed them. */
export async function ownLegalTexts(): Promise<string> {
  const sample = Object.entries(
    z.record(z.string(), z.unknown()).parse(JSON.parse(await read('config/sample-legal-texts.json'))),
  );
  return JSON.stringify(
    Object.fromEntries(sample.map(([name]) => [name, { version: '1', paragraphs: [`Our own ${name}.`] }])),
  );
}

interface Stage {
  name: string | undefined;
  image: string;
  /** Pairs of source and target, of COPY from another stage. */
  copies: { from: string; source: string; target: string }[];
  lines: string[];
}

/** The Dockerfile's stages, with continued lines joined. */
export async function dockerStages(): Promise<Stage[]> {
  const lines = (await read('Dockerfile'))
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
  const stages: Stage[] = [];
  for (const line of lines) {
    const from = /^FROM (\S+)(?: AS (\S+))?$/.exec(line);
    if (from) stages.push({ image: from[1] ?? '', name: from[2], copies: [], lines: [] });
    const copy = /^COPY --from=(\S+) \/app\/(\S+) (\S+)$/.exec(line);
    if (copy)
      stages.at(-1)?.copies.push({ from: copy[1] ?? '', source: copy[2] ?? '', target: copy[3] ?? '' });
    stages.at(-1)?.lines.push(line);
  }
  return stages;
}
