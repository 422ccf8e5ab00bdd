// The map of the grids: our polygons on plain paper, no tiles, nobody else's server.

import { h } from "/static/shared/page.js";

const L = window.L;
const STEPS = 5;
const EVEN = 0.7; // below 1: lets grids with few requests differ, too, where one grid has very many

export class Grids {
  /** `label(properties)` is what stands in a grid at first; `onGrid(code)` and `onPlace({lon, lat, code})` are told of clicks. */
  constructor(element, plan, { onGrid, onPlace, label = () => "" } = {}) {
    this.layers = new Map();
    this.map = L.map(element, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.1, maxZoom: 19 });
    L.control.zoom({ position: "bottomright" }).addTo(this.map);
    const shapes = L.geoJSON(plan, {
      style: () => ({ className: "grid load-0", weight: 1.2 }),
      onEachFeature: (feature, layer) => {
        const code = feature.properties.code;
        this.layers.set(code, { layer, feature, label: null });
        layer.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          onGrid?.(code);
          onPlace?.({ lon: event.latlng.lng, lat: event.latlng.lat, code });
        });
        layer.bindTooltip(() => this.title(code), { sticky: true, className: "tip" });
      },
    }).addTo(this.map);
    this.map.on("click", (event) => onPlace?.({ lon: event.latlng.lng, lat: event.latlng.lat, code: null }));
    this.bounds = shapes.getBounds();
    this.fit();
    this.write(label);
    this.map.on("zoomend resize", () => this.declutter());
    this.declutter();
    new ResizeObserver(() => {
      this.map.invalidateSize();
      this.fit();
    }).observe(element);
  }

  fit() {
    this.map.setMinZoom(0);
    this.map.fitBounds(this.bounds, { paddingTopLeft: [8, 8], paddingBottomRight: [44, 8], animate: false });
    this.map.setMinZoom(this.map.getZoom() - 0.5);
    this.map.setMaxBounds(this.bounds.pad(0.4));
  }

  /** Show some grids large and let the others stand back. */
  frame(wanted = () => true) {
    const bounds = L.latLngBounds([]);
    for (const { layer, feature, label } of this.layers.values()) {
      const back = !wanted(feature.properties);
      if (!back) bounds.extend(layer.getBounds());
      for (const element of [layer.getElement(), label?.getElement()]) element?.classList.toggle("back", back);
    }
    if (bounds.isValid() && !bounds.equals(this.bounds)) {
      this.bounds = bounds;
      this.fit();
    }
  }

  title(code) {
    const { feature, count } = this.layers.get(code);
    return h("span", {}, h("b", {}, code), ` ${feature.properties.name ?? ""}`, count === undefined ? null : h("i", {}, String(count)));
  }

  write(label) {
    for (const entry of this.layers.values()) {
      const icon = L.divIcon({ className: "grid-label", html: h("span", {}, label(entry.feature.properties)), iconSize: [44, 20] });
      entry.label = L.marker(entry.layer.getCenter(), { icon, interactive: false, keyboard: false }).addTo(this.map);
    }
  }

  /** A label that its grid has no room for hides until one zooms in. */
  declutter() {
    for (const { layer, label } of this.layers.values()) {
      const text = label?.getElement()?.firstChild;
      if (!text) continue;
      const room = layer.getElement().getBoundingClientRect();
      text.hidden = false;
      const need = text.getBoundingClientRect();
      text.hidden = need.width > room.width || need.height > room.height * 1.5;
    }
  }

  /** Colour by number of open requests, against the busiest grid. */
  load(counts) {
    const most = Math.max(STEPS, ...Object.values(counts));
    for (const [code, entry] of this.layers) {
      const count = counts[code] ?? 0;
      if (entry.count === count && entry.most === most) continue;
      entry.count = count;
      entry.most = most;
      const step = count === 0 ? 0 : Math.min(STEPS, Math.ceil((count / most) ** EVEN * STEPS));
      const path = entry.layer.getElement();
      path.classList.remove(...[...path.classList].filter((name) => name.startsWith("load-")));
      path.classList.add(`load-${step}`);
      const label = entry.label?.getElement()?.firstChild;
      if (label) {
        label.textContent = count === 0 ? "" : String(count);
        label.parentElement.classList.toggle("dark", step >= 5);
      }
    }
    return most;
  }

  select(code) {
    for (const [each, { layer }] of this.layers) {
      layer.getElement().classList.toggle("chosen", each === code);
      if (each === code) layer.bringToFront();
    }
  }

  /** Put the pin at a place, or take it away. */
  pin(place) {
    this.mark?.remove();
    this.mark = null;
    if (place?.lon === undefined || place?.lon === null) return;
    this.mark = L.circleMarker([place.lat, place.lon], { radius: 7, className: "pin", interactive: false }).addTo(this.map);
  }
}
