"""Invented names: no town, ward, village or street here is a real one."""

from __future__ import annotations

_QUARTERS = """
Market; Kestrel Rise; Northmead; Heronsgate; Eastfield; Weavers Mead; Millbrook;
Westlands
"""
_VILLAGES = """
Quillby; Sallowthorpe; Great Tarnsby; Linnetby; Osierwick; Nether Woadham;
Thrushby on the Wold; Madderthorpe; Little Tarnsby; Ploverholme; Teaselby;
Over Woadham; Hempsthorpe; Dunnockby; Cobnutley; Gorsewick; Sorrelby;
Fernsthorpe; Wagtail End; Marrowthorpe; Yaffleby; Barlowick; Stoatham;
Finchthorpe; Cuckoo Cross; Eldersby
"""
_VILLAGE_STREETS = """
Main Street; Church Lane; Back Lane; Mill Lane; Chapel Row; Hall Close;
Pinfold Lane; Orchard Way; Town End; Paddock Close; Green Lane; Well Yard;
Forge Row; Glebe Close; School Lane; Brook Side; Croft Way; Barn Yard;
Rectory Close; Long Furrow; Sheepwash; Dovecote Close; Pump Lane; Field View
"""
_TRADES = """
Tannery Saddler Chandler Cordwain Butterhill Fleece Cheesemarket Woolpack Priory
Bellfounder Cornhill Maltings Cooper Ropewalk Poultry Friar Salters Pinmaker
Bakehouse Glover Wheelwright Bowyer Drapers Candle Mercer Farrier Almshouse
Ostler Fuller Thatcher Tinker Hosier Hatter Fletcher Spicer Dyers Vintner Cloth
Pewter Beadle Palfrey Cresset Staple Hopgarden
"""
_BIRDS_AND_CLOTH = """
Kestrel Merlin Harrier Osprey Buzzard Goshawk Falcon Peregrine Kite Hobby
Shuttle Loom Bobbin Spindle Weft Warp Heddle Carding Fustian Worsted Twill
Calico Damask Gingham Muslin Poplin Tabby Cambric Selvedge Flax Treadle Distaff
Nankeen Chenille Velvet Hessian Dimity Linsey Sparrowhawk Eyas Mews Jess Creance
Lanner Saker Eyrie Talon Pinion
"""
_FIELDS = """
Hawthorn Larch Rowan Juniper Bramble Honeysuckle Primrose Foxglove Cowslip
Speedwell Campion Yarrow Tansy Betony Celandine Harebell Meadowsweet Bryony
Sycamore Hornbeam Whitebeam Spindleberry Alder Aspen Cedar Damson Medlar Quince
Bullace Greengage Pippin Russet Codlin Pearmain Bramley Mulberry Walnut Chestnut
Hazel Maple Lime Laburnum Lilac Magnolia Myrtle Fuchsia Camellia Jasmine
Clematis Wisteria Lavender Rosemary Thyme Marjoram Fennel Skylark Wagtail Siskin
Redwing Fieldfare Dunlin Curlew Lapwing Plover Teal Widgeon Pintail Gadwall
Grebe Heron Bittern Kingfisher Dipper Swallow Martin Nightjar Woodlark Pipit
Wheatear Whinchat Stonechat Redstart Blackcap Whitethroat Chiffchaff Goldcrest
Nuthatch Treecreeper Bullfinch Hawfinch Brambling Crossbill Yellowhammer Bunting
Haymaker Ploughman Harvest Gleaner Barley Wheatsheaf Oatfield Clover Sainfoin
Lucerne Vetch Drover Shepherd Teamster Carter Waggoner Milestone Turnpike
Tollbar Finger Signpost Coppice Spinney Thicket Hedgerow Dingle Warren Burrow
Badger Otter Leveret Fallow Roebuck Dormouse Hedgehog Harewell Sandpit Claypit
Brickfield Limekiln Windmill Watermill Millrace Sluice Weir Causey Holloway
Ridgeback Headland Furlong Selion Balk Acre Rood Perch Lammas Michaelmas
Martinmas Candlemas Plough Maypole Morris Wassail Harrow Scythe Sickle Flail
Winnow Thresher
"""


def _names(text: str) -> tuple[str, ...]:
    """Return the names of a list divided by semicolons."""
    return tuple(" ".join(name.split()) for name in text.split(";"))


TOWN = "Brindleford"

TOWN_WARDS = tuple(f"{TOWN} {quarter}" for quarter in _names(_QUARTERS))

PRIORITY_NAMES = ("Kestrel Rise", "Weavers Mead")

VILLAGES = _names(_VILLAGES)
"""Largest first."""

VILLAGE_STREETS = _names(_VILLAGE_STREETS)

STEMS = {
    "centre": _TRADES.split(),
    "estate": _BIRDS_AND_CLOTH.split(),
    "suburb": _FIELDS.split(),
}

ENDINGS = {
    "centre": ("Street", "Lane", "Gate", "Row", "Yard", "Hill", "Passage"),
    "estate": ("Avenue", "Crescent", "Walk", "Road", "Way", "Green"),
    "suburb": ("Road", "Drive", "Avenue", "Way", "Lane", "Grove", "Rise", "Gardens"),
}
