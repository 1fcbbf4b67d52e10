using System.Globalization;
using SimpleFlow.Tests.Saver;

namespace SimpleFlow.Tests.Data;

/// <summary>Under a culture that writes 1,5 and a minus sign of its own every text is what it is elsewhere.
/// Analyzers see to formatting and parsing by name; these tests to what is between the quotes of <c>$"…"</c>.</summary>
[Trait("Promise", "6")]
public class CultureTests
{
    [Fact]
    public void Names_labels_settings_and_messages_are_the_same_everywhere()
    {
        var here = Texts();
        OddCulture.Under(OddCulture.Of("a comma"), () =>
        {
            Assert.Equal("1,5 \u22121", string.Format(CultureInfo.CurrentCulture, "{0} {1}", 1.5, -1));
            Assert.Equal(here, Texts());
        });
        Assert.Contains(here, text => text.Contains("0.5", StringComparison.Ordinal));
    }

    private static string[] Texts()
    {
        var x = new Placeholder("x", [null, 2]);
        var w = new Variable("w", [2, 2], Initializer.Constant(-0.25f, 0.5f, 1e-9f, 3));
        var y = (x.MatMul(w) * -1.5f).Power(0.5f).Clip(-0.5f, 1e7f).Mean();
        var model = new Model(y, optimizer: new Adam(0.1f, beta1: 0.85f) { ClipNorm = 0.5f }, threads: 1);
        var feed = new Feed { [x] = new float[,] { { -1.5f, 2.5f }, { 0.25f, -1e-9f } } };
        var table = CsvTable.Parse("a,b\n1.5,x\n-2.5,y\n0.25,x\n", "t.csv");
        var description = new NetworkDescription(TableInput.Of(table, "b", out _), ClassOutput.Of(table, "b"), [new Layer.Dropout(0.25f)]);
        return
        [
            y.Label, y.ToString(), $"{model.Optimizer}", $"{Schedule.OneCycle(warmUp: 0.25)}", model.Summary(), model.PlanText(feed),
            model.Derivation(feed).ToText(), model.Derivation(feed).ToMarkdown(),
            model.Drawing().ToSvg(), model.Drawing().ToDot(), model.Drawing().ToMermaid(), description.ToJson(),
            .. SavedVariables.Named(GraphOrder.Of([y]).OfType<Variable>()).Select(one => one.Name),
            new EarlyStopping(atLeast: 0.5).Settings, new WeightAverage(0.75f).Settings,
            .. ((Func<object>[])[
                () => new Adam(-0.5f), () => new WeightAverage(1.5f), () => x.Clip(0.5f, -0.5f),
                () => CsvTable.Parse("a\n\"1,5\n", "t.csv"), () => table.Column("c"),
                () => { DataArray.From(new[] { 1.5 }).CopyTo(new int[1]); return x; }, () => x.Reshape([-2]),
                () => Sequential.FromJson("[{\"layer\":\"dropout\",\"share\":-1.5}]").Build(x),
                () => new NumberColumn("a", 0, 1, false).FittedTo(CsvTable.Parse("a\n1e300\n-1e300\n", "t.csv")),
                () => new Layer.Dense(-1), () => x.MatMul(new Variable("v", [3, 1])),
                () => new Dataset { [x] = new float[1200, 2] }.Split(1.5),
            // what follows is .NET's own
            ]).Select(action => Record.Exception(action)?.Message.ReplaceLineEndings(" ").Split(" Actual value")[0] ?? "nothing"),
        ];
    }
}
