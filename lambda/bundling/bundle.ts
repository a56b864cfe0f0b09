import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** How the code of a function is built: by `npm run build` and, without source maps, for the asset that `cdk deploy` uploads. */
const bundle = (entry: string, outdir: string): BuildOptions => ({
  // The names of the files depend on it, and must not depend on where the command runs.
  absWorkingDir: here('../..'),
  entryPoints: { index: here(entry) },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  // The functions run on Node 24, the same artefacts run locally on Node 20.
  target: 'node20',
  // Without `module` first, esbuild takes the AWS SDK's CommonJS files and cannot drop what is unused.
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Dependencies that are still CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  alias: {
    // axios brings multipart forms (and with them a table of all media types); no form is ever posted here.
    'form-data': here('unused-package.ts'),
    // Proxies and redirects are off, so their packages are not needed, nor is `debug`, which only they use.
    'https-proxy-agent': here('unused-package.ts'),
    'follow-redirects': here('unused-package.ts'),
    debug: here('unused-package.ts'),
    // The SDK reads the user agent of browsers with it.
    bowser: here('unused-package.ts'),
    // No variable of the environment may name a proxy either.
    'proxy-from-env': here('no-proxy.ts'),
    '@aws-sdk/middleware-endpoint-discovery': here('no-endpoint-discovery.ts'),
    '@aws-sdk/credential-provider-node': here('environment-credentials.ts'),
    '@smithy/core/event-streams': here('no-event-streams.ts'),
    '@aws-sdk/signature-v4-multi-region': here('one-region-signer.ts'),
  },
});

/**
 * The forwarder's artefact. It is split where the code imports dynamically: a run without a rejected record never reads the S3
 * client, and nothing is bundled of that client that the code does not name.
 * @param outdir folder that receives `index.mjs`, the files that it imports, and their source maps
 */
export const forwarderBundle = (outdir: string): BuildOptions => ({
  ...bundle('../forwarder/handler.ts', outdir),
  splitting: true,
});

/** The artefact of the function that installs the Datadog content; see {@link forwarderBundle}. */
export const installerBundle = (outdir: string): BuildOptions =>
  bundle('../content-installer/handler.ts', outdir);

/**
 * What is deployed of a bundle. A source map changes with every comment, and the names of files with their maps, so that a map would
 * deploy a function again whose code is the same. Nothing in AWS reads one; `npm run build` writes those of any version.
 */
export const withoutSourceMaps = (options: BuildOptions): BuildOptions => ({ ...options, sourcemap: false });
