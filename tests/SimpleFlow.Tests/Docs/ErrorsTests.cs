namespace SimpleFlow.Tests.Docs;

/// <summary>docs/errors.md has every error that the code makes, with a cause and a cure, and no other.</summary>
[Trait("Promise", "17")]
public sealed class ErrorsTests
{
    private const string Advice =
        "dotnet run -c Release --project tests/SimpleFlow.Tests -- -explicit only -method SimpleFlow.Tests.Docs.ErrorsTests.Refresh "
            + "writes what is new into its section; write its cause and its cure.";

    private static readonly Lazy<IReadOnlyList<CodeError>> Errors = new(ErrorCatalogue.Read);

    [Fact]
    public void The_page_has_every_error_that_the_code_makes()
    {
        var missing = Errors.Value.Select(ErrorPage.HeadOf).Except(ErrorPage.Read().Entries.Select(entry => entry.Head)).ToList();
        Assert.True(missing.Count == 0, $"{ErrorPage.Path} lacks\n{string.Join('\n', missing)}\n{Advice}");
    }

    [Fact]
    public void The_page_has_no_error_that_no_code_makes()
    {
        var gone = ErrorPage.Read().Entries.Select(entry => entry.Head).Except(Errors.Value.Select(ErrorPage.HeadOf)).ToList();
        Assert.True(gone.Count == 0, $"No code makes\n{string.Join('\n', gone)}\n{Advice}");
    }

    [Fact]
    public void Every_error_has_a_cause_and_a_cure()
    {
        Assert.Empty(ErrorPage.Read().Entries.Where(entry => entry.Cause.Length == 0).Select(entry => entry.Head));
        // A message of several sentences says itself what to do.
        Assert.Empty(ErrorPage.Read().Entries.Where(entry => entry.Cure.Length == 0 && !ErrorPage.HasItsOwnCure(entry))
            .Select(entry => entry.Head));
    }

    [Fact]
    public void Every_error_stands_there_once() => Assert.Distinct(ErrorPage.Read().Entries.Select(entry => entry.Head));

    [Fact]
    public void Errors_are_found_however_they_are_written()
    {
        var messages = Errors.Value.Select(error => (error.Type, error.Message)).ToHashSet();
        // thrown where it is made
        Assert.Contains((nameof(DataException), "…: two columns are called '…'."), messages);
        // made by a local function that is told what to say
        Assert.Contains((nameof(DataException), "… is damaged: its bytes are not those that were written."), messages);
        // by one that is handed on as a parameter
        Assert.Contains((nameof(DataException), "… holds '…' twice."), messages);
        // by a method that calls another one
        Assert.Contains((nameof(DataException), "…: is not a whole, undamaged gzip file (… bytes). Fetch it again."), messages);
        // a rule with its advice
        Assert.Contains((nameof(ShapeException),
            "`…` has the shape …; every size of a variable must be known.\nOnly placeholders may leave sizes open."), messages);
        // one of several texts
        Assert.Contains((nameof(ShapeException), "axis … does not exist: … is ….\nA scalar has no axes."), messages);
        Assert.Contains(("UsageException", "--plan draws .svg only."), messages);
    }

    /// <summary>Not a test but the way to bring the page up to date: adds the errors that are new, without a cause, and
    /// moves those that are gone to its end.</summary>
    [Fact(Explicit = true)]
    public void Refresh()
    {
        var page = ErrorPage.Read();
        page.Bring(Errors.Value);
        page.Write();
    }
}
