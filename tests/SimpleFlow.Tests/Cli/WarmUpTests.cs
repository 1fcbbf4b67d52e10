using SimpleFlow.Cli;
using SimpleFlow.Cli.Recipes;

namespace SimpleFlow.Tests.Cli;

/// <summary>What the tool compiles while its images are read must never stop a training.</summary>
public sealed class WarmUpTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerNames.All];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public async Task It_trains_and_tests_with_every_optimizer(string optimizer)
    {
        var recipe = MlpRecipe.Create(new TrainSettings { Optimizer = optimizer, LearningRate = 0 });
        await WarmUp.Begin(recipe, threads: 1, TestContext.Current.CancellationToken);
        Assert.Equal(0, recipe.Optimizer.LearningRate);
    }

    [Fact]
    public async Task It_trains_and_tests_convolutions() =>
        await WarmUp.Begin(CnnRecipe.Create(new TrainSettings { LearningRate = 0 }), threads: null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task It_stops_when_the_training_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            WarmUp.Begin(MlpRecipe.Create(new TrainSettings()), threads: null, source.Token));
    }
}
