"""The words of a drawn flow in Chinese and English; what has none here is shown by its own name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivr.flow import Placed


@dataclass(frozen=True)
class Words:
    """One language's words."""

    ring: str
    end: str
    anywhere: str
    calls_: str
    gave_up_: str
    types: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def type(self, name: str) -> str:
        """A node type."""
        return self.types.get(name, name)

    def outcome(self, name: str) -> str:
        """An outcome."""
        return self.names.get(name, name)

    def outcomes(self, names: Iterable[str]) -> str:
        """What stands at a line."""
        return ", ".join(map(self.outcome, names))

    def about(self, place: Placed) -> str:
        """What a node is: its type and its queue."""
        return " · ".join(filter(None, (self.type(place.node.type), str(getattr(place.node, "queue", "")))))

    def frame(self, group: str, entered: Placed | None) -> str:
        """What stands over a group: the name of a protocol; or of a subflow, behind the node that enters it."""
        if entered:
            return f"{group} · {self.type(entered.node.type)} {getattr(entered.node, 'flow', '')}"
        return self.groups.get(group, group)

    def calls(self, count: int) -> str:
        """So many calls."""
        return self.calls_.format(count)

    def gave_up(self, count: int) -> str:
        """So many callers gave up."""
        return self.gave_up_.format(count)


WORDS = {
    "en": Words(
        "a call", "end", "from anywhere", "{} calls", "{} gave up here",
        {"silent_call": "greeting", "leave_contact": "number and message", "line_check": "line check"},
        {"no_answer": "no answer", "line_noisy": "too noisy"},
        {"greeting": "greeting: silent-call and noisy-line protocols", "queue": "to an agent"},
    ),
    "zh": Words(
        "来电", "挂断", "任何时候", "{} 通", "{} 人在此挂断",
        {"silent_call": "问候", "menu": "菜单", "say": "播放", "queue": "排队", "gather": "收号", "survey": "评价",
         "leave_contact": "留电话和留言", "line_check": "线路检测", "hours": "时间", "branch": "分支", "lookup": "查询",
         "record": "录音", "callback": "回电", "transfer": "转接", "subflow": "子流程", "set": "赋值",
         "language": "语言", "end": "结束"},
        {"done": "完成", "speech": "说话", "key": "按键", "noise": "嘈杂", "doubt": "疑似嘈杂", "silence": "无声",
         "no_answer": "未应答", "answered": "接通", "timeout": "超时", "full": "已满", "failed": "故障",
         "enter": "进入", "found": "查到", "unknown": "查无", "ended": "结束", "otherwise": "其他", "busy": "占线",
         "unavailable": "无人值守",
         "open": "上班", "closed": "下班", "holiday": "节假日", "line_noisy": "听不清", "yes": "是", "no": "否"},
        {"greeting": "问候:无声和嘈杂协议", "queue": "转座席"},
    ),
}  # fmt: skip
