namespace SimpleFlow.Tests.Surface;

/// <summary>
/// Whatever is passed to a public member, what comes out is an answer or an error that was meant:
/// never an index out of range, a null reference, or an error from deep inside of the platform. Every member is called with good arguments,
/// with each argument in turn replaced by what nobody should pass, and with all of them bad at once.
/// </summary>
public sealed class PublicSurfaceTests
{
    private static readonly ILookup<bool, Type> Callable = Surface.Types.ToLookup(type =>
        Surface.Calls(type).Any(call => Surface.Selves(call.Member).Any()));

    public static TheoryData<string> Names => [.. Callable[true].Select(type => type.FullName!)];

    [Theory, MemberData(nameof(Names))]
    [Trait("Promise", "17")]
    public void Bad_arguments_bring_out_no_accident(string name)
    {
        var (calls, accidents) = (0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var call in Surface.Calls(typeof(Node).Assembly.GetType(name)!))
        {
            foreach (var self in Surface.Selves(call.Member))
            {
                foreach (var arguments in Surface.Arguments(call))
                {
                    calls++;
                    if (call.Accident(self, arguments) is { } accident)
                    {
                        var given = call.Parameters.Zip(arguments, (parameter, argument) => $"{parameter.Name}: {Text(argument)}");
                        accidents.Add($"{call.Member.Name}({string.Join(", ", given)}): {accident.GetType().Name}: {accident.Message}\n"
                            + $"{accident.StackTrace?.Split('\n')[0]}");
                    }
                }
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {calls:N0} calls");
        Assert.True(calls > 0, $"Nothing of {name} was called.");
        Assert.True(accidents.Count == 0, $"{accidents.Count} accidents:\n{string.Join('\n', accidents.Take(12))}");
    }

    [Fact]
    public void The_whole_surface_is_called() =>
        Assert.True(Surface.Types.Count > 130 && Surface.Types.Contains(typeof(Model)) && Surface.Types.Contains(typeof(Flow))
            && Surface.Types.Contains(typeof(Layer.Dense)));

    // What only the library makes, such as a result, is called by the tests of what makes it.
    [Fact]
    public void Only_what_nobody_else_can_make_is_not_called() =>
        Assert.All(Callable[false], type => Assert.True(
            type.IsAbstract && !type.IsSealed || type.GetConstructors().Length == 0, $"{type.Name} can be made and is not called."));

    private static string Text(object? argument) => argument switch
    {
        null => "null",
        string text => $"\"{text}\"",
        Node node => $"`{node.Label}` {node.Shape}",
        Array array => $"[{string.Join(", ", array.Cast<object?>().Select(Text))}]",
        _ => argument.ToString() ?? "",
    };
}
