"""A warning as a weather service sends it, for a place that the caller names."""

from datetime import datetime, timedelta

from renwang.alerts import cap

HEADLINES = {
    "standing": "区气象台发布暴雨橙色预警",
    "pasted": "区气象台发布暴雨红色预警",
    "plain": "区气象台发布暴雨黄色预警",
}
COLOURS = {"standing": "Orange", "pasted": "Red", "plain": "Yellow"}


def cap_message(sent: datetime, code: str, place: str, key: str) -> bytes:
    """Write the warning called `key`; it applies to the unit with a division code for six hours."""
    info = cap.Info(
        categories=(cap.Category.MET,),
        event="暴雨",
        urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.SEVERE,
        certainty=cap.Certainty.LIKELY,
        language="zh-CN",
        headline=HEADLINES[key],
        description="预计未来3小时降雨量将达50毫米以上,沿河低洼处可能积水。",
        instruction="低洼地带人员立即转移,不要涉水行走。",
        sender_name="区气象台",
        expires=cap.Moment.of(sent + timedelta(hours=6)),
        parameters=(cap.Named("colour", COLOURS[key]),),
        areas=(cap.Area(place, geocodes=(cap.Named("division", code),)),),
    )
    return cap.write(
        cap.Alert(
            identifier=f"99010541600000_{key}_{sent:%Y%m%d%H%M%S}",
            sender="99010541600000",
            sent=cap.Moment.of(sent),
            status=cap.Status.ACTUAL,
            msg_type=cap.MsgType.ALERT,
            scope=cap.Scope.PUBLIC,
            infos=(info,),
        )
    )
