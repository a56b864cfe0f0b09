import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { DatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { ALL_ITEMS, dashboard, resourcesOf } from '../support/content-items.ts';
import {
  buildFormerInstaller,
  type FormerInstaller,
  hasFormerInstaller,
} from '../support/former-installer.ts';
import { useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

const idsIn = ({ objects }: DatadogApi) => Object.values(objects).map((kind) => [...kind.keys()]);
const NONE = [[], [], [], []];

describe.skipIf(!(await hasFormerInstaller()))('content that the former installer has installed', () => {
  let former: FormerInstaller;
  beforeAll(async () => {
    former = await buildFormerInstaller();
  });
  afterAll(() => former[Symbol.asyncDispose]());

  it('moves to another stack without being deleted, if that is deployed first', async ({ place }) => {
    const old = await place.stackNamed('ValenceForwarder', former.folder);
    await old.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);

    const content = await place.stackNamed('ValenceForwarder-content');
    expect(await content.deploy(resourcesOf(...ALL_ITEMS))).toBe(true);
    expect(await old.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(before);

    expect(await content.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('is not deleted by it either once it has moved to a third stack', async ({ place }) => {
    const old = await place.stackNamed('ValenceForwarder', former.folder);
    await old.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);
    const content = await place.stackNamed('ValenceForwarder-content');
    await content.deploy(resourcesOf(...ALL_ITEMS));
    const third = await place.stackNamed('Third');
    await third.deploy(resourcesOf(...ALL_ITEMS));

    expect(await old.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(before);

    expect(await content.destroy()).toBe(true);
    expect(await third.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('is installed anew in another stack that is deployed last', async ({ place }) => {
    const old = await place.stackNamed('ValenceForwarder', former.folder);
    await old.deploy(resourcesOf(...ALL_ITEMS));
    await old.destroy();
    expect(idsIn(place.datadog)).toEqual(NONE);

    const content = await place.stackNamed('ValenceForwarder-content');
    expect(await content.deploy(resourcesOf(...ALL_ITEMS))).toBe(true);
    expect(idsIn(place.datadog).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });

  it('keeps its ids when the stack is upgraded', async ({ place }) => {
    const old = await place.stackNamed('ValenceForwarder', former.folder);
    await old.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);

    for (const [LogicalResourceId, properties] of Object.entries(resourcesOf(...ALL_ITEMS))) {
      const PhysicalResourceId = old.physicalIds.get(LogicalResourceId);
      const answer = await place.stack.send({
        RequestType: 'Update',
        LogicalResourceId,
        PhysicalResourceId,
        ResourceProperties: { ...properties, Changed: 'yes' },
        OldResourceProperties: properties,
      });
      expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
    }
    expect(idsIn(place.datadog)).toEqual(before);

    // What the former installer would delete now, it does not recognise.
    expect(await old.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(before);
  });

  it('is deleted by the present installer, if an upgrade drops it', async ({ place }) => {
    const old = await place.stackNamed('ValenceForwarder', former.folder);
    await old.deploy(resourcesOf(dashboard()));
    const [[LogicalResourceId, PhysicalResourceId] = []] = [...old.physicalIds];

    await place.stack.send({
      RequestType: 'Delete',
      LogicalResourceId,
      PhysicalResourceId,
      ResourceProperties: resourcesOf(dashboard())[LogicalResourceId ?? ''],
    });

    expect(idsIn(place.datadog)).toEqual(NONE);
  });
});
