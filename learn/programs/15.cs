// Lesson 15: learning from reward. Made from learn/15-learning-from-reward.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Numerics.Tensors;
using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(1);
const int Games = 64, Moves = 6, Width = 7;

// Plays many games at once. In each, a ball falls by one row a move and drifts to one side; the basket goes left, stays or goes right.
(float[,] Seen, int[] Moved, float[] Reward) Play(Func<float[,], int[]> choose)
{
    var (basket, ball, drift) = (new int[Games], new int[Games], new int[Games]);
    for (var game = 0; game < Games; game++)
        (basket[game], ball[game], drift[game]) = (random.Next(Width), random.Next(Width), random.Next(-1, 2));
    var (seen, moved, reward) = (new float[Games * Moves, 4], new int[Games * Moves], new float[Games]);
    for (var move = 0; move < Moves; move++)
    {
        var view = new float[Games, 4];
        for (var game = 0; game < Games; game++)
        {
            (view[game, 0], view[game, 1]) = (basket[game] / 3f - 1, ball[game] / 3f - 1);
            (view[game, 2], view[game, 3]) = (drift[game], move / 3f - 1);
            for (var i = 0; i < 4; i++) seen[move * Games + game, i] = view[game, i];
        }
        var chosen = choose(view);
        for (var game = 0; game < Games; game++)
        {
            moved[move * Games + game] = chosen[game];
            basket[game] = Math.Clamp(basket[game] + chosen[game] - 1, 0, Width - 1);
            ball[game] += drift[game];
            if (ball[game] is < 0 or >= Width) (ball[game], drift[game]) = (Math.Clamp(ball[game], 0, Width - 1), -drift[game]);
        }
    }
    for (var game = 0; game < Games; game++) reward[game] = basket[game] == ball[game] ? 1 : 0;
    return (seen, moved, reward);
}

double Share(Func<float[,], int[]> choose) => Enumerable.Range(0, 20).Average(_ => Play(choose).Reward.Average());
var atRandom = Share(_ => [.. Enumerable.Range(0, Games).Select(_ => random.Next(3))]);
Console.WriteLine($"moving at random, the basket catches {(atRandom < 0.2 ? "less than 20 %" : "many")} of the balls");
var view = new Placeholder("view", [null, 4]);
var moved = new Placeholder("moved", [null], ElementType.Int32);
var advantage = new Placeholder("advantage", [null]);

Model NewPolicy(float rate = 0.01f)
{
    var hidden = Layers.Dense(view, 32, Activation.Tanh, name: "hidden");
    var scores = Layers.Dense(hidden, 3, name: "scores");
    var loss = (advantage * scores.SoftmaxCrossEntropy(moved.OneHot(3))).Mean(name: "loss");
    return new Model(loss, scores.Softmax(name: "chances"), new Adam(rate), seed: 1);
}

// Draws a move for each game, by its chances.
int[] Draw(Model policy, float[,] views)
{
    var chances = policy.Predict(new Feed { [view] = views });
    var moves = new int[Games];
    for (var game = 0; game < Games; game++)
    {
        var dice = random.NextSingle();
        for (; moves[game] < 2 && (dice -= chances[game, moves[game]]) > 0; moves[game]++) { }
    }
    return moves;
}

string Words(double share) => share switch { > 0.85 => "more than 85 %", > 0.4 => "more than 40 %", _ => "less than 40 %" };
var policy = NewPolicy();
Console.WriteLine($"an untrained policy catches {Words(Share(views => Draw(policy, views)))}");
List<double> Learn(Model learner, int rounds, bool isCompared = true)
{
    var caught = new List<double>();
    for (var round = 1; round <= rounds; round++)
    {
        var (seen, moves, reward) = Play(views => Draw(learner, views));
        var average = reward.Average();
        caught.Add(average);
        float[] better = [.. Enumerable.Range(0, Games * Moves).Select(i => reward[i % Games] - (isCompared ? average : 0))];
        learner.Fit(new Feed { [view] = seen, [moved] = moves, [advantage] = better }, maxIterations: 1);
    }
    return caught;
}

var history = Learn(policy, rounds: 400);
foreach (var round in new[] { 50, 400 })
    Console.WriteLine($"in the ten rounds before round {round,3} it caught {Words(history.Skip(round - 10).Take(10).Average())}");
double[] rounds = [.. Enumerable.Range(10, history.Count - 9).Select(round => (double)round)];
double[] smooth = [.. Enumerable.Range(0, history.Count - 9).Select(i => history.Skip(i).Take(10).Average())];
new Chart("It learns to catch from the outcome alone").Axes("round", "share of the balls caught, mean of ten rounds")
    .Curve<double>(rounds, smooth).SavePng("pictures/15-caught.png");
string[] names = ["left", "stay", "right"];
foreach (var (basketAt, ballAt) in new[] { (0, 6), (6, 0) })
{
    var chances = policy.Predict(new Feed { [view] = new float[,] { { basketAt / 3f - 1, ballAt / 3f - 1, 0, -1 } } });
    var best = Enumerable.Range(0, 3).MaxBy(move => chances[0, move]);
    Console.WriteLine($"basket at {basketAt}, ball at {ballAt}: {names[best]}, with a chance of {chances[0, best]:P0}");
}
