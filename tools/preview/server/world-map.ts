import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import world from 'world-atlas/countries-110m.json' with { type: 'json' };

/** ISO codes of countries, `FR`, by their numbers, by which the map names them. */
const CODES = new Map(codes.map(([code, , number]) => [number, code]));

/**
 * The outlines of all countries as GeoJSON (Natural Earth, public domain). The name of each is its ISO code; a territory without one has the
 * name that the map gives it.
 */
export function worldMap(): GeoJSON.FeatureCollection {
  const topology = world as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
  const { features } = feature(topology, topology.objects.countries);
  return {
    type: 'FeatureCollection',
    features: features.map(({ id, geometry, properties }) => ({
      type: 'Feature',
      geometry,
      properties: { name: CODES.get(String(id)) ?? properties.name },
    })),
  };
}
