import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Definition } from '../lambda/settings/definition.ts';
import { deploymentSettings } from '../lambda/settings/deployment-settings.ts';
import { functionSettings } from '../lambda/settings/function-settings.ts';
import type { Config } from './config.ts';
import { type DeploymentProps, deploymentUses } from './deployment-props.ts';
import type { ForwarderSettings, ValenceForwarderProps } from './forwarder-props.ts';
import { runGaps } from './run-gaps.ts';
import { spreadWindow } from './run-timeout.ts';

/**
 * The construct's props by the configuration.
 * @param scope where imports are put
 */
export function configuredProps(scope: Construct, config: Config): ValenceForwarderProps {
  const deployment = deploymentProps(scope, config);
  const { timeout } = deployment;
  return {
    tenant: config.tenant,
    ...configuredSettings(config),
    ...deployment,
    window: config.neighbours > 0 ? spreadWindow(runGaps(deployment).shortest, timeout) : undefined,
  };
}

/** The settings of the function, which the construct takes under other names and in other units. */
const configuredSettings = (config: Config): ForwarderSettings =>
  Object.fromEntries(
    Object.entries<Definition>(functionSettings).flatMap(
      ([
        key,
        {
          context,
          value: { unit },
        },
      ]) => {
        if (context === undefined) return [];
        const value: unknown = config[context as keyof Config];
        return [[key, unit && typeof value === 'number' ? Duration[unit](value) : value]];
      },
    ),
  );

const deploymentProps = (scope: Construct, settings: Config): DeploymentProps =>
  Object.fromEntries(
    Object.entries(deploymentUses).flatMap(([key, use]) => {
      if (typeof use === 'string') return [];
      const { context } = deploymentSettings[key as keyof DeploymentProps];
      // Each use takes the value of its own setting, which `satisfies` has checked.
      return [[key, use(settings[context] as never, { scope, settings })]];
    }),
  );
