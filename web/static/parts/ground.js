/* The ground of a map: streets, water and names out of one file, drawn on canvas. */
export const GROUNDS = {
  light: {
    paper: "#f6f5f2", built: "#eceae4", green: "#dbe8d3", wood: "#c9dcc1",
    water: "#bcd7e8", rail: "#9a9a9a", building: "#dedad2", casing: "#d3cfc6",
    main: "#ffffff", secondary: "#ffffff", minor: "#ffffff", path: "#d8cfc2",
    text: "#3d4245", halo: "#ffffff",
  },
  dark: {
    paper: "#1c2126", built: "#242a30", green: "#23332a", wood: "#1f3027",
    water: "#1b3547", rail: "#4d545b", building: "#2c333a", casing: "#15191d",
    main: "#4a535c", secondary: "#3f474f", minor: "#353c43", path: "#2f353b",
    text: "#c8ced3", halo: "#15191d",
  },
};
const ROAD_PX = {
  main: [[8, 1], [12, 2.5], [15, 8], [18, 22]],
  secondary: [[9, 0.5], [12, 1.6], [15, 6], [18, 18]],
  minor: [[11, 0.4], [13, 1.2], [15, 4.5], [18, 15]],
  path: [[14, 0.8], [18, 3]],
};

/* Two layers of one file: the ground under the cells, names above them. */
export function buildGround(map, container) {
  if (!container.dataset.ground) { return null; }
  map.createPane("streetNames").style.zIndex = 395;
  map.getPane("streetNames").style.pointerEvents = "none";
  map.createPane("ground").style.zIndex = 150;
  const url = new URL(container.dataset.ground, window.location.href).href;
  const style = (look) => {
    const shared = { url, maxDataZoom: 14, noWrap: true };
    return [
      protomapsL.leafletLayer({
        ...shared, backgroundColor: look.paper, labelRules: [], pane: "ground",
        paintRules: paintRules(look),
      }),
      protomapsL.leafletLayer({
        ...shared, labelRules: labelRules(look), pane: "streetNames", paintRules: [],
      }),
    ];
  };
  return { layers: style(GROUNDS.light).map((one) => one.addTo(map)), style };
}

function paintRules(look) {
  const areas = ["built", "green", "wood", "water", "building"].map((kind) => ({
    dataLayer: "ground",
    filter: (_, feature) => feature.props.kind === kind,
    minzoom: kind === "building" ? 14 : 0,
    symbolizer: new protomapsL.PolygonSymbolizer({ fill: look[kind] }),
  }));
  const line = (kind, of, options) => ({
    dataLayer: "ground",
    filter: (_, feature) => feature.props.kind === kind &&
      (!of || feature.props.class === of),
    symbolizer: new protomapsL.LineSymbolizer(options),
  });
  const classes = ["path", "minor", "secondary", "main"];
  const casings = classes.slice(1).map((name) => line("road", name, {
    color: look.casing, width: (zoom) => widthAt(name, zoom) + 1.4,
  }));
  const roads = classes.map((name) => line("road", name, {
    color: look[name], width: (zoom) => widthAt(name, zoom),
    ...(name === "path" ? { dash: [2, 2] } : {}),
  }));
  return [
    ...areas,
    line("river", "", { color: look.water, width: 1.5 }),
    line("rail", "", { color: look.rail, width: 1.2 }),
    ...casings, ...roads,
  ];
}

/* Straight lines between the widths that are given. */
function widthAt(name, zoom) {
  const stops = ROAD_PX[name];
  if (zoom <= stops[0][0]) { return zoom < stops[0][0] - 1 ? 0 : stops[0][1]; }
  const above = stops.findIndex(([at]) => at >= zoom);
  if (above < 0) { return stops.at(-1)[1]; }
  const [[from, low], [to, high]] = [stops[above - 1], stops[above]];
  return low + (high - low) * (zoom - from) / (to - from);
}

function labelRules(look) {
  const text = (size, weight) => ({
    fill: look.text, stroke: look.halo, width: 3, labelProps: ["name"],
    font: `${weight || "normal"} ${size}px arial, sans-serif`,
  });
  const places = { town: 16, city: 18, suburb: 14, village: 13, hamlet: 12 };
  return [
    ...Object.entries(places).map(([name, size]) => ({
      dataLayer: "ground",
      filter: (_, feature) => feature.props.kind === "place" &&
        feature.props.class === name,
      minzoom: { village: 11, hamlet: 12, suburb: 12 }[name] || 0,
      symbolizer: new protomapsL.CenteredTextSymbolizer(text(size, "bold")),
    })),
    {
      dataLayer: "ground",
      filter: (_, feature) => feature.props.kind === "road" && feature.props.name,
      minzoom: 14,
      symbolizer: new protomapsL.LineLabelSymbolizer(text(12)),
    },
  ];
}

/* Attribution is the one place where Leaflet takes HTML: nothing of it gets through. */
export function plain(text) {
  const made = document.createElement("span");
  made.textContent = text;
  return made.innerHTML;
}
