import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import world from 'world-atlas/countries-110m.json' with { type: 'json' };

/** ISO codes of countries, `FR`, by their numbers, by which the map names them. */
const CODES = new Map(codes.map(([code, , number]) => [number, code]));

/** Too large on this map, and no country. */
const ANTARCTICA = '010';

type Ring = GeoJSON.Position[];

/** A ring that crosses the date line goes on beyond it. Otherwise its outline would cross the whole map. */
function beyondTheDateLine(ring: Ring): Ring {
  const crosses = ring.some(([x = 0], index) => Math.abs(x - (ring[index - 1]?.[0] ?? x)) > 180);
  return crosses ? ring.map(([x = 0, y = 0]) => [x < 0 ? x + 360 : x, y]) : ring;
}

function drawable(geometry: GeoJSON.Geometry): GeoJSON.Geometry {
  switch (geometry.type) {
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map(beyondTheDateLine) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(beyondTheDateLine)) };
    default:
      return geometry;
  }
}

/**
 * The outlines of all countries as GeoJSON (Natural Earth, public domain). The name of each is its ISO code; a territory without one has the
 * name that the map gives it.
 */
export function worldMap(): GeoJSON.FeatureCollection {
  const topology = world as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
  const { features } = feature(topology, topology.objects.countries);
  return {
    type: 'FeatureCollection',
    features: features
      .filter(({ id }) => id !== ANTARCTICA)
      .map(({ id, geometry, properties }) => ({
        type: 'Feature',
        geometry: drawable(geometry),
        properties: { name: CODES.get(String(id)) ?? properties.name },
      })),
  };
}
