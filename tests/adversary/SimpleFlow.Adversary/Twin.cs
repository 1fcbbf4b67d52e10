namespace SimpleFlow.Adversary;

/// <summary>The same program once more, with the result of every move a little off. It is drawn when it is first asked for.</summary>
internal sealed class Twin(Func<Random> random)
{
    private RandomProgram? _program;

    public Rounding Rounding { get; } = new();

    public RandomProgram Program
    {
        get
        {
            if (_program is not null) return _program;
            var program = new RandomProgram(random(), Rounding);
            program.Draw();
            return _program = program;
        }
    }
}
